package io.tracestore.example;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.HeaderRule;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.IndexedTrace;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Keeps each trace as bytes, as an engine without indexes would, and finds traces with the index
 * kit.
 */
final class BytesStore extends BaseTraceStore {
  private final IndexedTraces<StoredTrace> traces;

  BytesStore(String name) {
    super(name);
    this.traces = new IndexedTraces<>(name, DataTerms.NONE);
  }

  /** The place of one trace in the index. Readers take its bytes once: they are one version. */
  private static final class StoredTrace extends IndexedTrace {
    private volatile Encoded bytes = Encoded.NOTHING;

    StoredTrace(TraceId id) {
      super(id);
    }

    /** Replaces the bytes; inside {@link IndexedTraces#write}. */
    void publish(Encoded next) {
      next.header().ifPresent(this::startWith);
      bytes = next;
    }
  }

  /** One version of a trace. */
  private static final class Encoded {
    static final Encoded NOTHING = new Encoded(new byte[0], TraceBinary.encodeEvents(List.of()));

    private final byte[] header;
    private final byte[] events;

    private Encoded(byte[] header, byte[] events) {
      this.header = header;
      this.events = events;
    }

    static Encoded of(Optional<FlowTrace> header, List<TraceEvent> events) {
      return new Encoded(
          header.map(TraceBinary::encodeHeader).orElse(NOTHING.header),
          TraceBinary.encodeEvents(events));
    }

    /** The header; empty as long as there are only early events. */
    Optional<FlowTrace> header() {
      return header.length == 0 ? Optional.empty() : Optional.of(TraceBinary.decodeHeader(header));
    }

    List<TraceEvent> events() {
      return TraceBinary.decodeEvents(events);
    }

    Optional<FlowTrace> trace() {
      return header().map(header -> header.withEvents(events()));
    }

    /** The terms by which the trace is found; none as long as it has no header. */
    Optional<IndexTerms> terms() {
      return trace()
          .map(trace -> IndexTerms.ofHeader(trace).and(IndexTerms.ofEvents(trace.events())));
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.ATOMIC);
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    store(trace.traceId(), Optional.of(trace), trace.events());
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    store(traceId, Optional.empty(), events);
  }

  private void store(TraceId id, Optional<FlowTrace> incoming, List<TraceEvent> events) {
    traces.write(() -> {
      StoredTrace known = traces.get(id);
      StoredTrace stored = known == null ? new StoredTrace(id) : known;
      Encoded before = stored.bytes;
      Optional<FlowTrace> header = before.header();
      Optional<FlowTrace> adopted =
          incoming.filter(trace -> HeaderRule.replaces(header.orElse(null), trace));
      Encoded after = Encoded.of(adopted.or(() -> header), merged(before.events(), events));
      stored.publish(after);
      if (header.isPresent()) {
        traces.index().replace(stored, before.terms().get(), after.terms().get());
      } else {
        traces.add(stored, after.terms().orElse(null));
      }
      return true;
    });
  }

  private static List<TraceEvent> merged(List<TraceEvent> stored, List<TraceEvent> added) {
    Map<EventId, TraceEvent> byId = new HashMap<>();
    Stream.concat(stored.stream(), added.stream())
        .forEach(event -> byId.put(event.eventId(), event));
    return byId.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return Optional.ofNullable(traces.get(traceId)).flatMap(stored -> stored.bytes.trace());
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    StoredTrace stored = traces.get(traceId);
    return stored == null ? List.of() : stored.bytes.events();
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return traces
        .index()
        .page(
            query,
            limit,
            stored ->
                match(stored, query)
                    .map(trace -> query.withEvents() ? trace : trace.withEvents(List.of()))
                    .orElse(null));
  }

  @Override
  protected long doCount(TraceQuery query) {
    return traces.index().count(query, stored -> match(stored, query).isPresent());
  }

  /** The index names candidates; they may have changed since. */
  private static Optional<FlowTrace> match(StoredTrace stored, TraceQuery query) {
    return stored.bytes.trace().filter(query::matches);
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return traces.index().leading(query);
  }

  @Override
  protected void doForEachEarlyTrace(Consumer<TraceId> visitor) {
    traces.forEachEarly(visitor);
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return traces.write(() -> {
      StoredTrace stored = traces.get(traceId);
      if (stored != null) {
        remove(stored);
      }
      return stored != null;
    });
  }

  private void remove(StoredTrace stored) {
    traces.remove(stored, stored.bytes.terms().orElse(null));
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return traces.purge(cutoff, this::remove, early -> purgeEarly(early, cutoff));
  }

  private void purgeEarly(StoredTrace early, Instant cutoff) {
    List<TraceEvent> kept =
        early.bytes.events().stream().filter(event -> !event.timestamp().isBefore(cutoff)).toList();
    if (kept.isEmpty()) {
      remove(early);
    } else {
      early.publish(Encoded.of(Optional.empty(), kept));
    }
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    return traces.size() + " traces";
  }

  @Override
  protected long storageBytes() {
    return -1;
  }

  @Override
  protected void doClose() {
    // The bytes go with the object.
  }
}
