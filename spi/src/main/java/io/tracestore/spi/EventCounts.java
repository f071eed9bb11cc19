package io.tracestore.spi;

import io.tracestore.model.TraceEvent;
import java.util.Collection;

/**
 * The number of events of a trace.
 *
 * @param events all of them
 * @param failed those with an error
 */
public record EventCounts(long events, long failed) {
  /** Those of a trace without events. */
  public static final EventCounts NONE = new EventCounts(0, 0);

  public EventCounts {
    if (failed < 0 || events < failed) {
      throw new IllegalArgumentException(
          "failed must be from 0 to events: %d, %d".formatted(failed, events));
    }
  }

  /** Counts {@code events}. */
  public static EventCounts of(Collection<TraceEvent> events) {
    return new EventCounts(
        events.size(), events.stream().filter(event -> event.data().error() != null).count());
  }
}
