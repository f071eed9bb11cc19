package io.tracestore.view;

import java.time.Duration;
import java.util.Locale;

/** Durations as people read them: three digits and a unit. */
public final class Durations {
  private static final double MICRO = 1e3;
  private static final double MILLI = 1e6;
  private static final double SECOND = 1e9;
  private static final long MINUTE = 60;
  private static final long HOUR = 3600;
  private static final long DAY = 86_400;

  private Durations() {}

  /** Such as {@code 866us}, {@code 12.3ms}, {@code 1.23s}, {@code 2m05s}, {@code 3h07m}. */
  public static String format(Duration duration) {
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    long seconds = duration.toSeconds();
    if (seconds >= DAY) {
      return "%dd%02dh".formatted(seconds / DAY, seconds % DAY / HOUR);
    }
    if (seconds >= HOUR) {
      return "%dh%02dm".formatted(seconds / HOUR, seconds % HOUR / MINUTE);
    }
    if (seconds >= MINUTE) {
      return "%dm%02ds".formatted(seconds / MINUTE, seconds % MINUTE);
    }
    return format(duration.toNanos());
  }

  private static String format(long nanos) {
    if (nanos < MICRO) {
      return nanos + "ns";
    }
    if (nanos < MILLI) {
      return digits(nanos / MICRO) + "us";
    }
    return nanos < SECOND ? digits(nanos / MILLI) + "ms" : digits(nanos / SECOND) + "s";
  }

  private static String digits(double value) {
    if (value == Math.rint(value)) {
      return String.valueOf((long) value);
    }
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
