package io.tracestore.view;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a timeline: an actor at work, from its start to its end, with the events in between,
 * or a single event that belongs to none.
 */
public final class Activity {
  final TraceEvent first;
  final List<TraceEvent> details = new ArrayList<>();
  final List<Activity> children = new ArrayList<>();
  @Nullable Activity parent;
  @Nullable TraceEvent end;
  @Nullable TraceEvent dataFlow;

  Activity(TraceEvent first) {
    this.first = first;
  }

  /** The event with which it begins. */
  public TraceEvent first() {
    return first;
  }

  /** The events during it, in order. */
  public List<TraceEvent> details() {
    return Collections.unmodifiableList(details);
  }

  /** The activities that it caused, in order. */
  public List<Activity> children() {
    return Collections.unmodifiableList(children);
  }

  /** The activity that caused it; null for a root. */
  public @Nullable Activity parent() {
    return parent;
  }

  /** The event that ended it; null if it did not end. */
  public @Nullable TraceEvent end() {
    return end;
  }

  /** The flow of data that reached it from its parent, if one did. */
  public @Nullable TraceEvent dataFlow() {
    return dataFlow;
  }

  /** Whether data flowed to it from its parent. */
  public boolean reachedByDataFlow() {
    return dataFlow != null;
  }

  /** Whether an actor works from here to an end, rather than a single event being shown. */
  public boolean isWork() {
    return first.eventType().equals(TraceEventType.ACTOR_STARTED);
  }

  public Instant startTime() {
    return first.timestamp();
  }

  /** When it ended; when it began if that is not known. */
  public Instant endTime() {
    return end == null ? first.timestamp() : end.timestamp();
  }

  /** Whether its work ended with a failure, or it is a failure itself. */
  public boolean hasFailed() {
    TraceEvent last = end == null ? first : end;
    return last.eventType().equals(TraceEventType.ACTOR_FAILED);
  }

  /** How long it took, as its end says or as its times tell; null if it did not end. */
  public @Nullable Duration duration() {
    if (end == null) {
      return null;
    }
    // A zero says little: programs of the first generation write it where they measured nothing.
    long nanos = end.data().performanceMetrics().executionTimeNs().orElse(0);
    return nanos > 0 ? Duration.ofNanos(nanos) : Duration.between(startTime(), end.timestamp());
  }
}
