package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.EpochNanos;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * The numbers that say which of several rows with one key is the newest: nanoseconds since 1970,
 * each greater than all before in this store. Stores in other processes have clocks of their own;
 * between two that write the same event or header, the later clock counts. The last ten bits are
 * chosen by chance for each store, so that two stores do not write one number. Safe for many
 * threads.
 */
public final class Revisions {
  private static final long TERMINAL = 1L << 63;

  private static final int STORES = 1 << 10;

  private final int store = ThreadLocalRandom.current().nextInt(STORES);
  private final InstantSource clock;
  private final AtomicLong last = new AtomicLong();

  public Revisions(InstantSource clock) {
    this.clock = clock;
  }

  /** Returns one that is greater than all before. */
  public long next() {
    long now = EpochNanos.of(clock.instant());
    return last.updateAndGet(before -> after(before, now));
  }

  /**
   * Returns the revision of a trace that is stored: {@code revision}, or the next one after {@code
   * seen} where a clock that is ahead wrote that. Only this trace is ahead then.
   *
   * @param seen the greatest of its rows, without the top bit ({@link #clockOf})
   */
  public long after(long seen, long revision) {
    long own = (Math.max(seen, revision) & -STORES) | store;
    return own > seen ? own : own + STORES;
  }

  /**
   * The revision of a header: that of a finished trace is greater than that of any other, no matter
   * when it was written.
   */
  public static long ofHeader(long revision, boolean terminal) {
    return terminal ? revision | TERMINAL : revision;
  }

  /** The time in a column of revisions. */
  static Field<Long> clockOf(Field<Long> column) {
    return DSL.bitAnd(column, ~TERMINAL);
  }
}
