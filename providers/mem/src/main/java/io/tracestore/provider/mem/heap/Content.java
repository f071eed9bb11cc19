package io.tracestore.provider.mem.heap;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The immutable state of one trace at one moment.
 *
 * <p>Single events are kept as a chain of changes to a list, so that adding one takes constant
 * time. The merged list is made when it is first read, and later changes start from it.
 */
final class Content {
  /**
   * The number of changes in a chain may exceed the number of events by this many; it bounds chains
   * of replacements.
   */
  private static final int SPARE_CHANGES = 16;

  private final @Nullable FlowTrace header;
  private final List<TraceEvent> base;
  private final @Nullable Change newest;

  // Made on demand, maybe by two threads at once; both make the same, and both are immutable.
  private @Nullable List<TraceEvent> merged;
  private @Nullable FlowTrace trace;

  /** An event that was stored or, if it is null, dropped. */
  private record Change(
      EventId id, @Nullable TraceEvent event, @Nullable Change before, int length) {}

  /**
   * @param header the trace with any events; null if only events have come
   * @param base the events: unmodifiable and in order
   */
  Content(@Nullable FlowTrace header, List<TraceEvent> base) {
    this(header, base, null);
  }

  private Content(@Nullable FlowTrace header, List<TraceEvent> base, @Nullable Change newest) {
    this.header = header;
    this.base = base;
    this.newest = newest;
  }

  /** The header, with an arbitrary part of the events; null if the trace has only events so far. */
  @Nullable FlowTrace header() {
    return header;
  }

  /** All events in order; unmodifiable. */
  List<TraceEvent> events() {
    if (newest == null) {
      return base;
    }
    List<TraceEvent> events = merged;
    if (events == null) {
      events = merge(base, newest);
      merged = events;
    }
    return events;
  }

  /** The trace with all events; null if only events have come. */
  @Nullable FlowTrace trace() {
    if (header == null) {
      return null;
    }
    List<TraceEvent> events = events();
    if (Footprint.isSame(header.events(), events)) {
      return header;
    }
    FlowTrace whole = trace;
    if (whole == null) {
      whole = header.withEvents(events);
      trace = whole;
    }
    return whole;
  }

  /**
   * Whether {@code events} are all events of the trace; false also where only merging would show
   * it.
   */
  boolean surelyHas(List<TraceEvent> events) {
    return (newest == null || merged != null) && events().equals(events);
  }

  /** The same events with another header. */
  Content withHeader(FlowTrace other) {
    if (surelyHas(other.events())) {
      return new Content(other, other.events());
    }
    FlowTrace bare = other.events().isEmpty() ? other : other.withEvents(List.of());
    return merged != null ? new Content(bare, merged) : new Content(bare, base, newest);
  }

  /**
   * With {@code changes} done.
   *
   * @param count how many events there will be
   */
  Content with(EventTable.Change changes, int count) {
    List<TraceEvent> from = base;
    Change change = newest;
    if (merged != null) {
      from = merged;
      change = null;
    }
    for (EventTable.Held stored : changes.stored()) {
      change = new Change(stored.event().eventId(), stored.event(), change, lengthOf(change) + 1);
    }
    for (TraceEvent dropped : changes.dropped()) {
      change = new Change(dropped.eventId(), null, change, lengthOf(change) + 1);
    }
    return change != null && change.length - SPARE_CHANGES > count
        ? new Content(header, merge(from, change))
        : new Content(header, from, change);
  }

  private static int lengthOf(@Nullable Change change) {
    return change == null ? 0 : change.length;
  }

  private static List<TraceEvent> merge(List<TraceEvent> base, Change newest) {
    Map<EventId, Change> latest = HashMap.newHashMap(newest.length);
    for (Change change = newest; change != null; change = change.before) {
      latest.putIfAbsent(change.id, change);
    }
    List<TraceEvent> events = new ArrayList<>(base.size() + latest.size());
    for (TraceEvent event : base) {
      if (!latest.containsKey(event.eventId())) {
        events.add(event);
      }
    }
    int kept = events.size();
    for (Change change : latest.values()) {
      if (change.event != null) {
        events.add(change.event);
      }
    }
    // Two sorted runs are merged in one pass by the sort of the whole.
    events.subList(kept, events.size()).sort(TraceEvent.ORDER);
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }
}
