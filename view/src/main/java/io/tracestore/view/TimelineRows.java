package io.tracestore.view;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a trace's timeline, in the order in which they stand below each other, and the pages
 * that they are shown in. An activity with many events takes several rows, so that no row is large.
 */
final class TimelineRows {
  /** A page ends with the row in which it has as many events. */
  static final int EVENTS_OF_A_PAGE = 500;

  private static final int EVENTS_OF_A_ROW = 50;

  private final List<Row> rows = new ArrayList<>();
  private final List<Integer> pageStarts = new ArrayList<>();
  private final Map<EventId, Row> byEvent = new HashMap<>();
  private final Instant from;
  private final Instant to;

  /**
   * A line of the timeline.
   *
   * @param index from 0
   * @param depth how many activities led to it
   * @param part 0 for the row that begins the activity, more for further rows of its events
   * @param events what the row lists, in order
   * @param page the page that it stands on, from 0
   */
  record Row(int index, Activity activity, int depth, int part, List<TraceEvent> events, int page) {
    /** The id by which links reach the row. */
    String anchor() {
      return "e-" + events.getFirst().eventId();
    }

    long messageBytes() {
      long sum = 0;
      for (TraceEvent event : events) {
        var message = event.data().message();
        if (message != null) {
          sum =
              Long.MAX_VALUE - sum < message.sizeBytes()
                  ? Long.MAX_VALUE
                  : sum + message.sizeBytes();
        }
      }
      return sum;
    }

    /** The first error of its events, an empty one included. */
    @Nullable String error() {
      for (TraceEvent event : events) {
        if (event.data().error() != null) {
          return event.data().error();
        }
      }
      return null;
    }

    boolean hasFailed() {
      return error() != null || (part == 0 && activity.hasFailed());
    }
  }

  private record Pending(Activity activity, int depth) {}

  TimelineRows(FlowTrace trace) {
    ActivityTree tree = new ActivityTree(trace);
    Deque<Pending> pending = new ArrayDeque<>();
    pushAll(pending, tree.roots(), 0);
    int onPage = EVENTS_OF_A_PAGE;
    while (!pending.isEmpty()) {
      Pending next = pending.pop();
      List<TraceEvent> events = eventsOf(next.activity());
      for (int i = 0; i < events.size(); i += EVENTS_OF_A_ROW) {
        if (onPage >= EVENTS_OF_A_PAGE) {
          pageStarts.add(rows.size());
          onPage = 0;
        }
        List<TraceEvent> part =
            List.copyOf(events.subList(i, Math.min(events.size(), i + EVENTS_OF_A_ROW)));
        add(next, i / EVENTS_OF_A_ROW, part);
        onPage += part.size();
      }
      pushAll(pending, next.activity().children(), next.depth() + 1);
    }
    Instant first = trace.startTime();
    Instant last = trace.endTime() == null ? first : trace.endTime();
    for (TraceEvent event : trace.events()) {
      first = event.timestamp().isBefore(first) ? event.timestamp() : first;
      last = event.timestamp().isAfter(last) ? event.timestamp() : last;
    }
    this.from = first;
    this.to = last;
  }

  private void add(Pending place, int part, List<TraceEvent> events) {
    Row row =
        new Row(rows.size(), place.activity(), place.depth(), part, events, pageStarts.size() - 1);
    rows.add(row);
    events.forEach(event -> byEvent.put(event.eventId(), row));
  }

  private static void pushAll(Deque<Pending> pending, List<Activity> activities, int depth) {
    for (Activity activity : activities.reversed()) {
      pending.push(new Pending(activity, depth));
    }
  }

  /** All events of an activity: what reached it, its begin, what happened, its end. */
  private static List<TraceEvent> eventsOf(Activity activity) {
    List<TraceEvent> events = new ArrayList<>();
    if (activity.dataFlow != null) {
      events.add(activity.dataFlow);
    }
    events.add(activity.first);
    events.addAll(activity.details);
    if (activity.end != null) {
      events.add(activity.end);
    }
    return events;
  }

  List<Row> all() {
    return rows;
  }

  int pages() {
    return Math.max(1, pageStarts.size());
  }

  /** The rows of a page, from 0; none beyond the last page. */
  List<Row> page(int page) {
    if (page >= pageStarts.size()) {
      return List.of();
    }
    int end = page + 1 < pageStarts.size() ? pageStarts.get(page + 1) : rows.size();
    return rows.subList(pageStarts.get(page), end);
  }

  /** The row that lists the event; null if the trace has no such event. */
  @Nullable Row of(EventId id) {
    return byEvent.get(id);
  }

  /** The first instant that is shown. */
  Instant from() {
    return from;
  }

  /** How long the time is that is shown. */
  Duration length() {
    return Duration.between(from, to);
  }

  /** Where {@code instant} stands on a scale from 0 to {@code width}. */
  double position(Instant instant, double width) {
    double nanos = Math.max(1, nanos(length()));
    return Math.clamp(nanos(Duration.between(from, instant)) / nanos, 0, 1) * width;
  }

  private static double nanos(Duration duration) {
    return duration.getSeconds() * 1e9 + duration.getNano();
  }
}
