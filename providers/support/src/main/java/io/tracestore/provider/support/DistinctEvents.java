package io.tracestore.provider.support;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events of one call of which several have one id: the last one counts. */
public final class DistinctEvents {
  private DistinctEvents() {}

  /** The last event of each id, in {@link TraceEvent#ORDER}; unmodifiable. */
  public static List<TraceEvent> lastOfEachId(List<TraceEvent> events) {
    if (events.size() == 1) {
      return List.copyOf(events);
    }
    Map<EventId, TraceEvent> last = LinkedHashMap.newLinkedHashMap(events.size());
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values().stream().sorted(TraceEvent.ORDER).toList();
  }
}
