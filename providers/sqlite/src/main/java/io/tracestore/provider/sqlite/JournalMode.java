package io.tracestore.provider.sqlite;

/**
 * The journal with which SQLite can undo a transaction. Its mode {@code OFF} is not offered:
 * without a journal a failed write could not be undone.
 */
public enum JournalMode {
  /** A write-ahead log: readers and the writer do not wait for each other. */
  WAL,
  /** A rollback journal that is deleted at every commit. */
  DELETE,
  /** A rollback journal that is cut to nothing at every commit. */
  TRUNCATE,
  /** A rollback journal whose start is overwritten at every commit. */
  PERSIST,
  /** A rollback journal in memory: if the process dies during a write, the file is damaged. */
  MEMORY
}
