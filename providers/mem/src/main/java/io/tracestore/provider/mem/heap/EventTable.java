package io.tracestore.provider.mem.heap;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The events of one trace by id, for the writer: which event another one replaces, which actors and
 * types and indexed attributes are added and removed with it, and which events are the oldest. For
 * one thread at a time; made when a trace gets events by a second call.
 */
final class EventTable {
  private final Map<EventId, Held> held = new HashMap<>();
  private final Map<String, Uses> actors = new HashMap<>();
  private final Map<String, Uses> types = new HashMap<>();
  private final Map<Long, Integer> attributes = new HashMap<>();
  private final DataTerms indexed;

  /** By {@link TraceEvent#ORDER}; null until events are dropped. */
  private @Nullable TreeSet<TraceEvent> order;

  private long bytes;

  /** An event, and what it was estimated to take when it came. */
  record Held(TraceEvent event, long bytes) {}

  private record Uses(String name, int count) {}

  /**
   * The changes of one call.
   *
   * @param stored the events to store: none is held equal already
   * @param dropped the events to drop, held or not
   * @param bytes the additional bytes of the table and its events afterwards
   */
  record Change(List<Held> stored, List<TraceEvent> dropped, long bytes) {}

  /** Listens to the actors, types and indexed attributes that the trace gains and loses. */
  interface KeyListener {
    void appeared(Field field, Object value);

    void disappeared(Field field, Object value);

    /** Does nothing. */
    KeyListener NONE =
        new KeyListener() {
          @Override
          public void appeared(Field field, Object value) {}

          @Override
          public void disappeared(Field field, Object value) {}
        };
  }

  /**
   * @param indexed the attributes that are indexed
   */
  EventTable(List<TraceEvent> events, DataTerms indexed) {
    this.indexed = indexed;
    for (TraceEvent event : events) {
      put(hold(event, 0), KeyListener.NONE);
    }
  }

  /** The estimated bytes of the table and its events. */
  long bytes() {
    return bytes;
  }

  /** The actors, types and indexed attributes of the events. */
  IndexTerms terms() {
    return to -> {
      actors.keySet().forEach(actor -> to.accept(Field.ACTOR, actor));
      types.keySet().forEach(type -> to.accept(Field.EVENT_TYPE, type));
      attributes.keySet().forEach(attribute -> to.accept(Field.ATTRIBUTE, attribute));
    };
  }

  /** How many events there would be with {@code events}, of which no two have one id. */
  int sizeWith(List<TraceEvent> events) {
    int size = held.size();
    for (TraceEvent event : events) {
      if (!held.containsKey(event.eventId())) {
        size++;
      }
    }
    return size;
  }

  /**
   * Plans the storing of {@code events}; changes nothing yet.
   *
   * @param events no two have one id
   * @param over how many of the oldest are dropped
   */
  Change plan(List<TraceEvent> events, int over) {
    List<TraceEvent> stored = new ArrayList<>();
    for (TraceEvent event : events) {
      Held present = held.get(event.eventId());
      if (present == null || !present.event.equals(event)) {
        stored.add(event);
      }
    }
    List<TraceEvent> dropped = over > 0 ? oldestWith(stored, over) : List.of();
    stored.removeAll(dropped);
    List<Held> added = new ArrayList<>(stored.size());
    long more = 0;
    for (TraceEvent event : stored) {
      Held next = hold(event, Footprint.EVENT_CHANGE);
      added.add(next);
      more += next.bytes - bytesOf(event.eventId());
    }
    for (TraceEvent event : dropped) {
      more -= bytesOf(event.eventId());
    }
    return new Change(added, dropped, more);
  }

  private long bytesOf(EventId id) {
    Held present = held.get(id);
    return present == null ? 0 : present.bytes;
  }

  /** The oldest {@code n} of the events there would be with {@code stored}. */
  private List<TraceEvent> oldestWith(List<TraceEvent> stored, int n) {
    Set<EventId> replaced = HashSet.newHashSet(stored.size());
    stored.forEach(event -> replaced.add(event.eventId()));
    TreeSet<TraceEvent> oldest = new TreeSet<>(TraceEvent.ORDER);
    oldest.addAll(stored);
    Iterator<TraceEvent> present = ordered().iterator();
    for (int left = n; left > 0 && present.hasNext(); ) {
      TraceEvent event = present.next();
      if (!replaced.contains(event.eventId())) {
        oldest.add(event);
        left--;
      }
    }
    return oldest.stream().limit(n).toList();
  }

  private Set<TraceEvent> ordered() {
    Set<TraceEvent> events = order;
    if (events == null) {
      TreeSet<TraceEvent> sorted = new TreeSet<>(TraceEvent.ORDER);
      for (Held each : held.values()) {
        sorted.add(each.event);
      }
      order = sorted;
      return sorted;
    }
    return events;
  }

  private Held hold(TraceEvent event, long more) {
    Uses actor = actors.get(event.actorId());
    boolean sharesActor = actor != null && Footprint.isSame(actor.name, event.actorId());
    EventId root = event.causality().rootCauseEventId();
    long size =
        Footprint.event(event, sharesActor, present(event, parentOf(event)), present(event, root));
    long terms = indexed.attributesOf(event).size() * Footprint.HELD_ATTRIBUTE;
    return new Held(event, size + Footprint.HELD_EVENT + terms + more);
  }

  private static EventId parentOf(TraceEvent event) {
    EventId parent = event.causality().parentEventId();
    return parent == null ? event.eventId() : parent;
  }

  /** The id object that is here already for {@code id}. */
  private EventId present(TraceEvent event, EventId id) {
    Held holder = held.get(id);
    return holder == null ? event.eventId() : holder.event.eventId();
  }

  /** Applies a change that {@link #plan} made. */
  void apply(Change change, KeyListener listener) {
    GoneAtEnd keys = new GoneAtEnd(listener);
    for (Held each : change.stored) {
      put(each, keys);
    }
    for (TraceEvent event : change.dropped) {
      Held gone = held.remove(event.eventId());
      if (gone != null) {
        forget(gone, keys);
      }
    }
    keys.end();
  }

  /**
   * Passes on what disappeared when all is applied: one event may lose a key that another one of
   * the same change gains, and readers find the trace by it at every moment.
   */
  private static final class GoneAtEnd implements KeyListener {
    private final KeyListener listener;
    private final Set<Key> gone = new HashSet<>();

    private record Key(Field field, Object value) {}

    GoneAtEnd(KeyListener listener) {
      this.listener = listener;
    }

    @Override
    public void appeared(Field field, Object value) {
      if (gone.isEmpty() || !gone.remove(new Key(field, value))) {
        listener.appeared(field, value);
      }
    }

    @Override
    public void disappeared(Field field, Object value) {
      gone.add(new Key(field, value));
    }

    void end() {
      gone.forEach(key -> listener.disappeared(key.field, key.value));
    }
  }

  private void put(Held next, KeyListener listener) {
    TraceEvent event = next.event;
    use(actors, Field.ACTOR, event.actorId(), listener);
    use(types, Field.EVENT_TYPE, event.eventType().typeName(), listener);
    for (Long attribute : indexed.attributesOf(event)) {
      if (attributes.merge(attribute, 1, Integer::sum) == 1) {
        listener.appeared(Field.ATTRIBUTE, attribute);
      }
    }
    bytes += next.bytes;
    Held replaced = held.put(event.eventId(), next);
    if (replaced != null) {
      forget(replaced, listener);
    }
    if (order != null) {
      order.add(event);
    }
  }

  private void forget(Held gone, KeyListener listener) {
    TraceEvent event = gone.event;
    if (order != null) {
      order.remove(event);
    }
    bytes -= gone.bytes;
    release(actors, Field.ACTOR, event.actorId(), listener);
    release(types, Field.EVENT_TYPE, event.eventType().typeName(), listener);
    for (Long attribute : indexed.attributesOf(event)) {
      if (attributes.merge(attribute, -1, Integer::sum) == 0) {
        attributes.remove(attribute);
        listener.disappeared(Field.ATTRIBUTE, attribute);
      }
    }
  }

  private static void use(Map<String, Uses> uses, Field field, String name, KeyListener listener) {
    Uses known = uses.get(name);
    if (known == null) {
      uses.put(name, new Uses(name, 1));
      listener.appeared(field, name);
    } else {
      uses.put(name, new Uses(known.name, known.count + 1));
    }
  }

  private static void release(
      Map<String, Uses> uses, Field field, String name, KeyListener listener) {
    Uses known = uses.get(name);
    if (known != null && known.count > 1) {
      uses.put(name, new Uses(known.name, known.count - 1));
    } else {
      uses.remove(name);
      listener.disappeared(field, name);
    }
  }
}
