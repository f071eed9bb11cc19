package io.tracestore.model;

import java.time.Instant;

/**
 * Instants as a signed 64-bit count of nanoseconds since 1970-01-01T00:00:00Z, the form in which
 * stores keep them. Every instant of a trace lies in this range; it is exact to the nanosecond.
 */
public final class EpochNanos {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** The earliest instant a trace can hold: 1677-09-21T00:12:43.145224192Z. */
  public static final Instant MIN = toInstant(Long.MIN_VALUE);

  /** The latest instant a trace can hold: 2262-04-11T23:47:16.854775807Z. */
  public static final Instant MAX = toInstant(Long.MAX_VALUE);

  private EpochNanos() {}

  /** Whether {@code instant} lies between {@link #MIN} and {@link #MAX}, both included. */
  public static boolean isRepresentable(Instant instant) {
    return !instant.isBefore(MIN) && !instant.isAfter(MAX);
  }

  /**
   * The nanoseconds from the epoch to {@code instant}.
   *
   * @throws ArithmeticException if it is not {@linkplain #isRepresentable representable}
   */
  public static long of(Instant instant) {
    long seconds = instant.getEpochSecond();
    int nanos = instant.getNano();
    if (seconds < 0 && nanos > 0) {
      // One second nearer to zero first: MIN's whole seconds alone would overflow.
      return Math.addExact(
          Math.multiplyExact(seconds + 1, NANOS_PER_SECOND), nanos - NANOS_PER_SECOND);
    }
    return Math.addExact(Math.multiplyExact(seconds, NANOS_PER_SECOND), nanos);
  }

  /**
   * The last nanosecond before {@code instant} that a trace can hold.
   *
   * @throws ArithmeticException if there is none: the instant is not after {@link #MIN}
   */
  public static long lastBefore(Instant instant) {
    return instant.isAfter(MAX) ? Long.MAX_VALUE : Math.decrementExact(of(instant));
  }

  /** The instant {@code nanos} nanoseconds after the epoch (before it, if negative). */
  public static Instant toInstant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }
}
