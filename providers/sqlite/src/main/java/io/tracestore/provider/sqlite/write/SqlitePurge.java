package io.tracestore.provider.sqlite.write;

import io.tracestore.model.TraceId;
import io.tracestore.provider.support.write.GroupWriter;

/**
 * Removes traces, and gives the space back to the file system. Works in short steps, between which
 * other writes get their turn. Safe for many threads.
 */
public final class SqlitePurge {
  /** About how many rows one transaction removes: others wait for it for some milliseconds. */
  private static final int ROWS_AT_ONCE = 2_000;

  private static final int SHRUNK_AT_ONCE = 500;

  /** Free pages that are kept to be used again. */
  private static final int SPARE_PAGES = 64;

  private final GroupWriter<SqliteWrite> writer;

  public SqlitePurge(GroupWriter<SqliteWrite> writer) {
    this.writer = writer;
  }

  private long step(SqliteWrite.Action action) {
    return writer.write(SqliteWrite.counting(action)).orThrow();
  }

  /** Removes a trace; false if there was none. */
  public boolean delete(TraceId traceId) {
    long free = step(session -> session.delete(traceId) ? session.freePages() : -1);
    shrink(free);
    return free >= 0;
  }

  /**
   * Removes the traces that started at {@code last} or earlier, and returns their number.
   *
   * @param ensureOpen runs before each step; it throws if the store is being closed
   */
  public long purgeUpTo(long last, Runnable ensureOpen) {
    long purged = 0;
    long traces;
    do {
      ensureOpen.run();
      traces = step(session -> session.purgeTraces(last, ROWS_AT_ONCE));
      purged += traces;
    } while (traces > 0);
    long key = 0;
    do {
      ensureOpen.run();
      long after = key;
      key = step(session -> session.purgeEarlyEvents(last, after, ROWS_AT_ONCE));
    } while (key != 0);
    shrink(step(WriteSession::freePages));
    return purged;
  }

  /** Gives free pages back to the file system, bit by bit, as long as there are many. */
  private void shrink(long free) {
    long left = free;
    long before = Long.MAX_VALUE;
    while (left > SPARE_PAGES && left < before) {
      before = left;
      left = step(session -> session.shrink(SHRUNK_AT_ONCE));
    }
  }
}
