package io.tracestore.provider.mem.heap;

import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.Distinct;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The distinct actors, event types and indexed attributes of one trace, and the memory that its
 * events take; found in one pass.
 */
final class EventKeys {
  private static final EventKeys NONE = new EventKeys(new String[0], new String[0], Set.of(), 0);

  private final String[] actors;
  private final String[] types;
  private final Collection<Long> attributes;
  private final long bytes;

  private EventKeys(String[] actors, String[] types, Collection<Long> attributes, long bytes) {
    this.actors = actors;
    this.types = types;
    this.attributes = attributes;
    this.bytes = bytes;
  }

  /**
   * Looks at {@code events}, which are those of one trace.
   *
   * @param indexed the attributes that are indexed
   */
  static EventKeys of(List<TraceEvent> events, DataTerms indexed) {
    if (events.isEmpty()) {
      return NONE;
    }
    Distinct actors = new Distinct();
    Distinct types = new Distinct();
    Set<Long> attributes = Set.of();
    TraceEvent first = events.getFirst();
    TraceEvent before = first;
    long bytes = 0;
    for (TraceEvent event : events) {
      String actor = event.actorId();
      boolean sharesActor = actors.add(actor);
      types.add(event.eventType().typeName());
      Collection<Long> more = indexed.attributesOf(event);
      if (!more.isEmpty()) {
        attributes = attributes.isEmpty() ? new LinkedHashSet<>() : attributes;
        attributes.addAll(more);
      }
      bytes += Footprint.event(event, sharesActor, before.eventId(), first.eventId());
      before = event;
    }
    return new EventKeys(actors.toArray(), types.toArray(), attributes, bytes);
  }

  /** The actors, types and indexed attributes. */
  IndexTerms terms() {
    return to -> {
      for (String actor : actors) {
        to.accept(Field.ACTOR, actor);
      }
      for (String type : types) {
        to.accept(Field.EVENT_TYPE, type);
      }
      attributes.forEach(attribute -> to.accept(Field.ATTRIBUTE, attribute));
    };
  }

  /** The estimated bytes of the events and of this object. */
  long bytes() {
    return bytes + Footprint.eventKeys(actors.length, types.length, attributes.size());
  }
}
