package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConflictException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules that all stores have for the header of a trace. */
public final class Headers {
  private Headers() {}

  /**
   * Whether the header of {@code incoming} takes the place of the stored one: always, unless that
   * is finished and the new one is not.
   *
   * @param storedIsTerminal whether the stored status is terminal
   */
  public static boolean replaces(boolean storedIsTerminal, FlowTrace incoming) {
    return !storedIsTerminal || incoming.status().kind().isTerminal();
  }

  /**
   * Decides what storing a trace again does to its header.
   *
   * @param stored the stored header; null if only events are stored
   * @param incoming the trace that is stored; null if only events are
   * @return the header to store; null to leave the stored one
   * @throws StoreConflictException if the incoming one has another flow, execution or start
   */
  public static @Nullable FlowTrace adopted(
      @Nullable FlowTrace stored, @Nullable FlowTrace incoming) {
    if (stored == null || incoming == null) {
      return incoming;
    }
    if (!stored.hasIdentityOf(incoming)) {
      throw conflict(incoming);
    }
    boolean same = stored.withEvents(List.of()).equals(incoming.withEvents(List.of()));
    return !same && replaces(stored.status().kind().isTerminal(), incoming) ? incoming : null;
  }

  /**
   * The duration of a trace in nanoseconds; null if it has no end. The two ends of time are farther
   * apart than 64 bits count: no query asks for more than them.
   */
  public static @Nullable Long durationNs(FlowTrace trace) {
    Instant end = trace.endTime();
    if (end == null) {
      return null;
    }
    Duration duration = Duration.between(trace.startTime(), end);
    if (duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      return Long.MAX_VALUE;
    }
    return duration.compareTo(Duration.ofNanos(Long.MIN_VALUE)) < 0
        ? Long.MIN_VALUE
        : duration.toNanos();
  }

  /** The error of a trace stored again with another flow, execution or start. */
  public static StoreConflictException conflict(FlowTrace incoming) {
    return new StoreConflictException(
        "trace %s is stored with another flow id, execution id or start time; these never change"
            .formatted(incoming.traceId()),
        null);
  }
}
