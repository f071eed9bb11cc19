package io.tracestore.provider.mem.heap;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.provider.support.index.NewestFirst;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.QueryExplanation;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data of one private store or of all stores of one name.
 *
 * <p>Writers take turns on one lock, readers take none: they find a {@link StoredTrace} in the map
 * or in an index and read its {@link Content}, which is one consistent trace.
 */
public final class TraceHeap {
  private final String identity = "mem:" + UUID.randomUUID();
  private final MemorySettings config;
  private final IndexedTraces<StoredTrace> traces;
  private final Eviction eviction;
  private final LongAdder examinedTraces = new LongAdder();
  private final HeapWriter writer;

  public TraceHeap(MemorySettings config) {
    this.config = config;
    this.traces = new IndexedTraces<>(HeapWriter.nameOf(config), config.attributes());
    this.eviction = Eviction.of(config.get(MemoryConfig.EVICTION_POLICY));
    this.writer = new HeapWriter(config, traces, eviction);
  }

  /** The identity of the data, for every store that shows them. */
  public String identity() {
    return identity;
  }

  public MemorySettings config() {
    return config;
  }

  public @Nullable FlowTrace trace(TraceId id) {
    StoredTrace stored = traces.get(id);
    if (stored == null) {
      return null;
    }
    eviction.used(stored);
    return stored.content().trace();
  }

  public List<TraceEvent> events(TraceId id) {
    StoredTrace stored = traces.get(id);
    if (stored == null) {
      return List.of();
    }
    eviction.used(stored);
    return stored.content().events();
  }

  public List<FlowTrace> query(TraceQuery query, int limit) {
    return traces
        .index()
        .page(
            query,
            limit,
            stored -> {
              FlowTrace trace = match(stored, query);
              if (trace == null) {
                return null;
              }
              eviction.used(stored);
              return query.withEvents() ? trace : trace.withEvents(List.of());
            });
  }

  public QueryExplanation explain(TraceQuery query) {
    long before = examinedTraces.sum();
    long returned = query(query, query.limitOrDefault()).size();
    return new QueryExplanation(
        traces.index().leading(query),
        query.namesOfFiltersByReading(),
        Math.max(returned, examinedTraces.sum() - before),
        returned);
  }

  /** The names of one kind in the traces of a time. */
  public List<String> names(NameKind kind, TraceQuery range) {
    return traces.index().names(kind, range);
  }

  public long count(TraceQuery query) {
    return traces.index().count(query, stored -> match(stored, query) != null);
  }

  /** Shows the events of each trace of a flow; if that is null of every trace, stored or not. */
  public void forEachEvents(@Nullable String flowId, Consumer<List<TraceEvent>> visitor) {
    if (flowId == null) {
      traces.all().forEach(stored -> visitor.accept(stored.content().events()));
      return;
    }
    TraceQuery ofFlow = TraceQuery.builder().flowId(flowId).build();
    NewestFirst<StoredTrace> candidates = traces.index().candidates(ofFlow, TimeRange.ALL);
    for (StoredTrace stored = candidates.next(); stored != null; stored = candidates.next()) {
      FlowTrace trace = match(stored, ofFlow);
      if (trace != null) {
        visitor.accept(trace.events());
      }
    }
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  public List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    List<TraceId> early = new ArrayList<>();
    traces.forEachEarly(early::add);
    return early.stream()
        .filter(id -> after == null || id.compareTo(after) > 0)
        .sorted()
        .limit(limit)
        .toList();
  }

  private @Nullable FlowTrace match(StoredTrace stored, TraceQuery query) {
    examinedTraces.increment();
    FlowTrace trace = stored.content().trace();
    return trace != null && query.matches(trace) ? trace : null;
  }

  public void storeTrace(FlowTrace trace) {
    write(trace.traceId(), trace, trace.events());
  }

  public void storeEvents(TraceId id, List<TraceEvent> events) {
    write(id, null, events);
  }

  private void write(TraceId id, @Nullable FlowTrace header, List<TraceEvent> events) {
    EventKeys keys =
        EventKeys.of(events, config.attributes()); // takes the most time, so before the lock
    traces.write(() -> {
      writer.write(id, header, events, keys);
      return true;
    });
  }

  public boolean delete(TraceId id) {
    return traces.write(() -> writer.delete(id));
  }

  public long purgeBefore(Instant cutoff) {
    return traces.purge(
        cutoff, writer::deleteStored, early -> writer.purgeEarlyEvents(early, cutoff));
  }

  /** Says how much room is left, and fails if a new trace would be refused. */
  public String checkRoom(List<String> warnings) {
    writer.checkRoom(warnings);
    return "holds " + writer.usage();
  }

  /** The estimated bytes of the data. */
  public long bytes() {
    return writer.bytes();
  }

  /** How many traces queries and counts have looked at. */
  public long examinedTraces() {
    return examinedTraces.sum();
  }

  public Map<String, Long> counters() {
    return writer.counters();
  }
}
