package io.tracestore.bench;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.storage.InMemoryStorage;

/** Zipkin's {@code InMemoryStorage}, with a span for each event. */
final class ZipkinPeer implements Baseline {
  private final int maxTraces;
  private final int maxSpans;
  private InMemoryStorage store;

  private ZipkinPeer(int maxTraces, int maxSpans) {
    this.maxTraces = maxTraces;
    this.maxSpans = maxSpans;
    this.store = newStore();
  }

  /** A store that holds as many spans as {@code maxTraces} traces of the workload have events. */
  static ZipkinPeer of(int maxTraces) {
    double spans = maxTraces * Workload.load().eventsPerTrace();
    return new ZipkinPeer(maxTraces, (int) Math.min(Integer.MAX_VALUE, spans));
  }

  private InMemoryStorage newStore() {
    return InMemoryStorage.newBuilder().maxSpanCount(maxSpans).build();
  }

  @Override
  public boolean makeRoom(long traces) {
    if (traces <= maxTraces) {
      return false;
    }
    store = newStore();
    return true;
  }

  @Override
  public Callable<?> writing(List<FlowTrace> traces) {
    List<List<Span>> all = traces.stream().map(ZipkinPeer::spans).toList();
    return () -> accept(all);
  }

  private InMemoryStorage accept(List<List<Span>> traces) throws IOException {
    for (List<Span> spans : traces) {
      store.spanConsumer().accept(spans).execute();
    }
    return store;
  }

  @Override
  public Callable<@Nullable List<Span>> reading(TraceId id) {
    String traceId = hex(id);
    return () -> {
      List<Span> spans = store.spanStore().getTrace(traceId).execute();
      return spans.isEmpty() ? null : spans;
    };
  }

  @Override
  public void close() {
    store.close();
  }

  private static String hex(TraceId id) {
    return HexFormat.of().formatHex(Uuids.toBytes(id.value()));
  }

  /** A span for each event. */
  static List<Span> spans(FlowTrace trace) {
    String traceId = hex(trace.traceId());
    List<Span> spans = new ArrayList<>(trace.events().size());
    for (TraceEvent event : trace.events()) {
      Span.Builder span =
          Span.newBuilder()
              .traceId(traceId)
              .id(spanId(event.eventId()))
              .name(event.eventType().typeName())
              .timestamp(EpochNanos.of(event.timestamp()) / 1000)
              .duration(
                  Math.max(1, event.data().performanceMetrics().executionTimeNs().orElse(0) / 1000))
              .localEndpoint(Endpoint.newBuilder().serviceName(event.actorId()).build());
      EventId parent = event.causality().parentEventId();
      if (parent != null) {
        span.parentId(spanId(parent));
      }
      spans.add(span.build());
    }
    return spans;
  }

  private static long spanId(EventId id) {
    return id.value().getLeastSignificantBits();
  }
}
