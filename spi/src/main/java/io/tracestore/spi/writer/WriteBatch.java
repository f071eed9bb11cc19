package io.tracestore.spi.writer;

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
  private final List<WriteItem> traces = new ArrayList<>();
  private final Map<TraceId, List<WriteItem>> events = new LinkedHashMap<>();

  /** Adds {@code item}; false if it has to go into a later batch. */
  boolean add(WriteItem item) {
    if (item.event() != null) {
      events.computeIfAbsent(item.traceId(), id -> new ArrayList<>()).add(item);
      return true;
    }
    return !events.containsKey(item.traceId()) && traces.add(item);
  }

  List<WriteItem> traces() {
    return traces;
  }

  Map<TraceId, List<WriteItem>> events() {
    return events;
  }
}
