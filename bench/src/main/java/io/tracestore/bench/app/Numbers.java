package io.tracestore.bench.app;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Numbers {
  static final String UNKNOWN = "–";

  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;
  private static final double BILLION = 1e9;

  private Numbers() {}

  static String count(long value) {
    return count((double) value);
  }

  /** Such as {@code 950}, {@code 12.3k}, {@code 4.56M}. */
  static String count(double value) {
    if (Double.isNaN(value)) {
      return UNKNOWN;
    }
    if (value < THOUSAND) {
      return digits(value);
    }
    if (value < MILLION) {
      return digits(value / THOUSAND) + "k";
    }
    return value < BILLION ? digits(value / MILLION) + "M" : digits(value / BILLION) + "G";
  }

  /**
   * Formats microseconds, such as {@code 123 ns}, {@code 4.56 µs}, {@code 78.9 ms}, {@code 1.2 s}.
   */
  static String micros(double micros) {
    if (Double.isNaN(micros)) {
      return UNKNOWN;
    }
    if (micros < 1) {
      return digits(micros * THOUSAND) + " ns";
    }
    if (micros < THOUSAND) {
      return digits(micros) + " µs";
    }
    return micros < MILLION ? digits(micros / THOUSAND) + " ms" : digits(micros / MILLION) + " s";
  }

  /** Such as {@code 812 B}, {@code 1.2 kB}, {@code 3.4 GB}; decimal. */
  static String bytes(double bytes) {
    return Double.isNaN(bytes) || bytes < 0
        ? UNKNOWN
        : count(bytes).replaceFirst("(?<=\\d)(?=[kMG]|$)", " ") + "B";
  }

  /** Such as {@code 0.87x}. */
  static String ratio(double ratio) {
    return Double.isNaN(ratio) || Double.isInfinite(ratio) ? UNKNOWN : digits(ratio) + "x";
  }

  /** Such as {@code 45s}, {@code 3m20s}, {@code 1h05m}. */
  static String time(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 60) {
      return seconds + "s";
    }
    return seconds < 3600
        ? "%dm%02ds".formatted(seconds / 60, seconds % 60)
        : "%dh%02dm".formatted(seconds / 3600, seconds % 3600 / 60);
  }

  /** Three digits. */
  private static String digits(double value) {
    int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }
}
