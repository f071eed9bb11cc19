package io.tracestore.provider.clickhouse.schema;

/**
 * The partition of a trace: the UTC day on which it started, as days since 1970. Traces that
 * started before the year 2000 share one partition, and so do those that started after 2099, so
 * that wrong clocks do not make thousands of partitions.
 */
public final class Day {
  /** The partition of events whose trace is not stored yet, so that its start is not known. */
  public static final int EARLY = Integer.MIN_VALUE;

  /** The partition of the rows that health checks write. */
  public static final int HEALTH = EARLY + 1;

  /** 1999-12-31, also for all days before. */
  public static final int FIRST = 10_956;

  /** 2100-01-01, also for all days after. */
  public static final int LAST = 47_482;

  private static final long NANOS = 86_400_000_000_000L;

  private Day() {}

  /** The partition of traces that started at {@code epochNanos}; it never falls as that grows. */
  public static int of(long epochNanos) {
    return Math.clamp(Math.floorDiv(epochNanos, NANOS), FIRST, LAST);
  }

  /** Returns the first nanosecond of {@code day} since 1970. */
  public static long start(int day) {
    return day * NANOS;
  }

  /** Whether {@code day} is a partition of one day, rather than of many. */
  public static boolean isSingle(int day) {
    return day > FIRST && day < LAST;
  }
}
