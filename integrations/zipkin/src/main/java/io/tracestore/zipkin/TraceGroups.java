package io.tracestore.zipkin;

import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.migration.spans.SpanEvents;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import zipkin2.Span;

/**
 * Reads the spans of single traces, running ones included. Ids are strict, or else all traces whose
 * ids have equal lower halves are one. Safe for many threads.
 */
final class TraceGroups {
  private final TraceStore store;
  private final RunningTraces running;
  private final boolean strict;

  TraceGroups(TraceStore store, RunningTraces running, boolean strict) {
    this.store = store;
    this.running = running;
    this.strict = strict;
  }

  /** A value that is equal for all traces that are one. */
  Object key(TraceId traceId) {
    return strict ? traceId : (Long) low(traceId);
  }

  /** The lower half of an id. */
  static long low(TraceId traceId) {
    return traceId.value().getLeastSignificantBits();
  }

  /** Whether an id has no upper half. */
  static boolean isShort(TraceId traceId) {
    return traceId.value().getMostSignificantBits() == 0;
  }

  /** The spans of a trace; empty if there are none. */
  List<Span> spans(TraceId traceId) {
    return strict ? spansOf(traceId) : spansOfAll(low(traceId));
  }

  /** The spans of a trace that was read already. */
  List<Span> spans(FlowTrace trace) {
    return strict ? SpanForms.toZipkin(trace) : spansOfAll(low(trace.traceId()));
  }

  /** A trace that is completed between the two reads is found by the second. */
  private List<Span> spansOf(TraceId traceId) {
    return store
        .getTrace(traceId)
        .or(() -> SpanEvents.trace(store.getEvents(traceId)))
        .map(SpanForms::toZipkin)
        .orElse(List.of());
  }

  private List<Span> spansOfAll(long low) {
    Set<TraceId> ids = new LinkedHashSet<>();
    ids.add(new TraceId(new UUID(0, low)));
    running.ids().stream().filter(id -> low(id) == low).forEach(ids::add);
    TraceQuery stored =
        TraceQuery.builder()
            .tag(SpanEvents.LOW_TRACE_ID, "%016x".formatted(low))
            .withEvents(false)
            .build();
    store.queryTraces(stored).forEach(trace -> ids.add(trace.traceId()));
    List<Span> spans = new ArrayList<>();
    ids.forEach(id -> spans.addAll(spansOf(id)));
    return spans;
  }
}
