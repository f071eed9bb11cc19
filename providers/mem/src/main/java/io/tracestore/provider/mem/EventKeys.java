package io.tracestore.provider.mem;

import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.index.Distinct;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import java.util.List;

/**
 * The distinct actors and event types of one trace, and the memory that its events take; found in
 * one pass.
 */
final class EventKeys {
  private static final EventKeys NONE = new EventKeys(new String[0], new String[0], 0);

  private final String[] actors;
  private final String[] types;
  private final long bytes;

  private EventKeys(String[] actors, String[] types, long bytes) {
    this.actors = actors;
    this.types = types;
    this.bytes = bytes;
  }

  /** Looks at {@code events}, which are those of one trace. */
  static EventKeys of(List<TraceEvent> events) {
    if (events.isEmpty()) {
      return NONE;
    }
    Distinct actors = new Distinct();
    Distinct types = new Distinct();
    TraceEvent first = events.getFirst();
    TraceEvent before = first;
    long bytes = 0;
    for (TraceEvent event : events) {
      String actor = event.actorId();
      boolean sharesActor = actors.add(actor);
      types.add(event.eventType().typeName());
      bytes += Footprint.event(event, sharesActor, before.eventId(), first.eventId());
      before = event;
    }
    return new EventKeys(actors.toArray(), types.toArray(), bytes);
  }

  /** The actors and types. */
  IndexTerms terms() {
    return to -> {
      for (String actor : actors) {
        to.accept(Field.ACTOR, actor);
      }
      for (String type : types) {
        to.accept(Field.EVENT_TYPE, type);
      }
    };
  }

  /** The estimated bytes of the events and of this object. */
  long bytes() {
    return bytes + Footprint.eventKeys(actors.length, types.length);
  }
}
