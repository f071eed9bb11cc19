package io.tracestore.provider.support;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Numbers that stores keep of a header. */
public final class Headers {
  private Headers() {}

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

  /**
   * Whether {@link #durationNs} tells which traces have the durations that {@code query} asks for.
   * Not if it asks for at most the longest one: it stands for all that are longer, too.
   */
  public static boolean tellWhetherDurationMatches(TraceQuery query) {
    return !Duration.ofNanos(Long.MAX_VALUE).equals(query.maxDuration());
  }
}
