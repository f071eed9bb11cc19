package io.tracestore.provider.mem;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The distinct actors and event types of some events, and what the events take; in one pass. */
final class EventKeys {
  private static final TraceEventType.Plain[] PLAIN = TraceEventType.Plain.values();

  private final Map<String, String> actors = new HashMap<>();
  private int plainTypes;
  private @Nullable Set<String> otherTypes;
  private long bytes;

  /** Looks at {@code events}, which are those of one trace. */
  static EventKeys of(List<TraceEvent> events) {
    EventKeys keys = new EventKeys();
    TraceEvent first = null;
    TraceEvent before = null;
    for (TraceEvent event : events) {
      if (first == null || before == null) {
        first = event;
        before = event;
      }
      keys.add(event, before, first);
      before = event;
    }
    return keys;
  }

  private void add(TraceEvent event, TraceEvent before, TraceEvent first) {
    String actor = event.actorId();
    boolean sharesActor = Footprint.isSame(actors.putIfAbsent(actor, actor), actor);
    if (event.eventType() instanceof TraceEventType.Plain plain) {
      plainTypes |= 1 << plain.ordinal();
    } else {
      addOther(event.eventType().typeName());
    }
    bytes += Footprint.event(event, sharesActor, before.eventId(), first.eventId());
  }

  private void addOther(String typeName) {
    Set<String> others = otherTypes;
    if (others == null) {
      others = new HashSet<>();
      otherTypes = others;
    }
    others.add(typeName);
  }

  Iterable<String> actors() {
    return actors.keySet();
  }

  /** The {@link TraceEventType#typeName()}s. */
  Iterable<String> types() {
    List<String> types = new ArrayList<>(PLAIN.length);
    for (TraceEventType.Plain type : PLAIN) {
      if ((plainTypes & 1 << type.ordinal()) != 0) {
        types.add(type.typeName());
      }
    }
    if (otherTypes != null) {
      types.addAll(otherTypes);
    }
    return types;
  }

  /** The estimate of what the events take. */
  long bytes() {
    return bytes;
  }
}
