package io.tracestore.provider.clickhouse;

import io.tracestore.model.EpochNanos;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The numbers that say which of several rows with one key is the newest: nanoseconds since 1970,
 * each greater than all before in this store. Stores in other processes have clocks of their own;
 * between two that write the same event or header, the later clock counts. Safe for many threads.
 */
final class Revisions {
  private static final long TERMINAL = 1L << 63;

  private final InstantSource clock;
  private final AtomicLong last = new AtomicLong();

  Revisions(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * The next one.
   *
   * @param seen one that was read and must be surpassed, without the top bit ({@link #clockOf}); 0
   *     for none
   */
  long next(long seen) {
    long now = EpochNanos.of(clock.instant());
    return last.updateAndGet(before -> Math.max(Math.max(before, seen) + 1, now));
  }

  /**
   * The revision of a header: that of a finished trace is greater than that of any other, no matter
   * when it was written.
   */
  static long ofHeader(long revision, boolean terminal) {
    return terminal ? revision | TERMINAL : revision;
  }

  /** The time in a column of revisions, as SQL. */
  static String clockOf(String column) {
    return "bitAnd(%s, %d)".formatted(column, ~TERMINAL);
  }
}
