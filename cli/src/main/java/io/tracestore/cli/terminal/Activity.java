package io.tracestore.cli.terminal;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a timeline: an actor at work, from its start to its end, with the events in between,
 * or a single event that belongs to none.
 */
final class Activity {
  /** The event with which it begins. */
  final TraceEvent first;

  /** The events during it, in order. */
  final List<TraceEvent> details = new ArrayList<>();

  /** The activities that it caused, in order. */
  final List<Activity> children = new ArrayList<>();

  @Nullable Activity parent;

  /** The event that ended it. */
  @Nullable TraceEvent end;

  /** Whether data flowed to it from its parent. */
  boolean reachedByDataFlow;

  Activity(TraceEvent first) {
    this.first = first;
  }

  /** Whether an actor works from here to an end, rather than a single event being shown. */
  boolean isWork() {
    return first.eventType().equals(TraceEventType.ACTOR_STARTED);
  }

  Instant startTime() {
    return first.timestamp();
  }

  /** When it ended; when it began if that is not known. */
  Instant endTime() {
    return end == null ? first.timestamp() : end.timestamp();
  }

  boolean hasFailed() {
    return end != null && end.eventType().equals(TraceEventType.ACTOR_FAILED);
  }

  /** How long it took, as its end says or as its times tell; null if it did not end. */
  @Nullable Duration duration() {
    if (end == null) {
      return null;
    }
    // A zero says little: programs of the first generation write it where they measured nothing.
    long nanos = end.data().performanceMetrics().executionTimeNs().orElse(0);
    return nanos > 0 ? Duration.ofNanos(nanos) : Duration.between(startTime(), end.timestamp());
  }
}
