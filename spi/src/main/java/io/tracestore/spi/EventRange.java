package io.tracestore.spi;

import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.internal.QueryChecks;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the events of one trace, in the order {@link TraceEvent#ORDER}.
 *
 * @param after only events after this place in the order; null for the first event on
 * @param limit the largest number of events, positive; null for no limit
 */
public record EventRange(@Nullable Position after, @Nullable Integer limit) {
  /** Every event. */
  public static final EventRange ALL = new EventRange(null, null);

  /**
   * A place in the order of a trace's events.
   *
   * @param timestamp the time of the event there
   * @param eventId the id of the event there
   */
  public record Position(Instant timestamp, EventId eventId) {
    public Position {
      Objects.requireNonNull(timestamp, "after.timestamp");
      Objects.requireNonNull(eventId, "after.eventId");
      QueryChecks.representable("after.timestamp", timestamp);
    }

    /** The place of {@code event}. */
    public static Position of(TraceEvent event) {
      return new Position(event.timestamp(), event.eventId());
    }

    /** Whether {@code event} comes after this place. */
    public boolean isBefore(TraceEvent event) {
      int byTime = event.timestamp().compareTo(timestamp);
      return byTime != 0 ? byTime > 0 : event.eventId().compareTo(eventId) > 0;
    }
  }

  public EventRange {
    if (limit != null && limit <= 0) {
      throw new IllegalArgumentException("limit must be positive: " + limit);
    }
  }

  /** The events after {@code event}. */
  public static EventRange after(TraceEvent event) {
    return new EventRange(Position.of(event), null);
  }

  /** This range with at most {@code limit} events; null for no limit. */
  public EventRange withLimit(@Nullable Integer limit) {
    return new EventRange(after, limit);
  }
}
