package io.tracestore.codec;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * References from event to event in the binary form. Within a whole trace, whose events' ids are
 * known, most are a small number; elsewhere they are ids.
 */
sealed interface EventIds {
  /** Writes ids as they are. */
  EventIds ALONE = new Alone();

  void write(BinaryOutput out, EventId id);

  EventId read(BinaryInput in);

  /** The references of the trace that has {@code events}, for writing. */
  static EventIds writing(List<TraceEvent> events) {
    Map<EventId, Integer> places = HashMap.newHashMap(events.size());
    for (TraceEvent event : events) {
      places.put(event.eventId(), places.size());
    }
    return new Within(places, List.of());
  }

  /** The references of the trace whose events have {@code ids}, for reading. */
  static EventIds reading(List<EventId> ids) {
    return new Within(Map.of(), ids);
  }

  /** 16 bytes each. */
  record Alone() implements EventIds {
    @Override
    public void write(BinaryOutput out, EventId id) {
      out.uuid(id.value());
    }

    @Override
    public EventId read(BinaryInput in) {
      return new EventId(in.uuid());
    }
  }

  /**
   * 0 and 16 bytes, or the place among the trace's events from 1.
   *
   * @param places for writing
   * @param ids for reading
   */
  record Within(Map<EventId, Integer> places, List<EventId> ids) implements EventIds {
    @Override
    public void write(BinaryOutput out, EventId id) {
      Integer place = places.get(id);
      if (place != null) {
        out.varint(place + 1L);
      } else {
        out.varint(0);
        out.uuid(id.value());
      }
    }

    @Override
    public EventId read(BinaryInput in) {
      long place = in.varint();
      if (place == 0) {
        return new EventId(in.uuid());
      }
      if (place < 0 || place > ids.size()) {
        throw in.corrupt("no such event: " + Long.toUnsignedString(place));
      }
      return ids.get((int) (place - 1));
    }
  }
}
