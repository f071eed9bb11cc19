package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Items that are stored together: first the traces, in their order, then the events. So a trace
 * does not go into a batch that has an event of it already. For one thread.
 */
final class WriteBatch {
  private final List<FlowTrace> traces = new ArrayList<>();
  private final Map<TraceId, List<TraceEvent>> events = new LinkedHashMap<>();

  /** Adds {@code item}; false if it has to come in a batch behind this one. */
  boolean add(WriteItem item) {
    FlowTrace trace = item.trace();
    if (trace != null) {
      if (events.containsKey(item.traceId())) {
        return false;
      }
      traces.add(trace);
    }
    TraceEvent event = item.event();
    if (event != null) {
      events.computeIfAbsent(item.traceId(), id -> new ArrayList<>()).add(event);
    }
    return true;
  }

  List<FlowTrace> traces() {
    return traces;
  }

  Map<TraceId, List<TraceEvent>> events() {
    return events;
  }
}
