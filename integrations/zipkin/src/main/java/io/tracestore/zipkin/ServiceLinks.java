package io.tracestore.zipkin;

import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import zipkin2.DependencyLink;
import zipkin2.Span;
import zipkin2.internal.DependencyLinker;

/** Counts which service called which, by Zipkin's own rules, from the spans of all traces. */
final class ServiceLinks {
  private final TraceQuery query;
  private final TraceStore store;
  private final DependencyLinker linker = new DependencyLinker();

  /** Lower halves of ids that traces with a long id and traces with a short one share. */
  private final Set<Long> mixed;

  /** The spans of traces with such ids, until all of them are there. */
  private final Map<Long, List<Span>> held = new HashMap<>();

  private final Map<TraceId, FlowTrace> alive = new HashMap<>();

  private ServiceLinks(TraceStore store, RunningTraces running, TraceQuery query) {
    this.store = store;
    this.query = query;
    running.running(query).forEach(trace -> alive.put(trace.traceId(), trace));
    this.mixed = mixed();
  }

  /** The links in the traces that match {@code query}. */
  static List<DependencyLink> of(TraceStore store, RunningTraces running, TraceQuery query) {
    return new ServiceLinks(store, running, query).links();
  }

  private Set<Long> mixed() {
    Set<Long> ofShort = new HashSet<>();
    Set<Long> ofLong = new HashSet<>();
    alive.keySet().forEach(id -> addLow(id, ofShort, ofLong));
    try (TraceCursor cursor = store.openCursor(query.toBuilder().withEvents(false).build())) {
      while (cursor.hasNext()) {
        addLow(cursor.next().traceId(), ofShort, ofLong);
      }
    }
    ofShort.retainAll(ofLong);
    return ofShort;
  }

  private static void addLow(TraceId id, Set<Long> ofShort, Set<Long> ofLong) {
    (TraceGroups.isShort(id) ? ofShort : ofLong).add(TraceGroups.low(id));
  }

  private List<DependencyLink> links() {
    alive.values().forEach(this::add);
    try (TraceCursor cursor = store.openCursor(query)) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        if (!alive.containsKey(trace.traceId())) {
          add(trace);
        }
      }
    }
    held.values().forEach(linker::putTrace);
    return linker.link();
  }

  private void add(FlowTrace trace) {
    List<Span> spans = SpanForms.toZipkin(trace);
    long low = TraceGroups.low(trace.traceId());
    if (mixed.contains(low)) {
      held.computeIfAbsent(low, each -> new ArrayList<>()).addAll(spans);
    } else if (!spans.isEmpty()) {
      linker.putTrace(spans);
    }
  }
}
