package io.tracestore.provider.sqlite;

/** The place of SQLite's temporary data, such as rows to sort. */
public enum TempStore {
  /** SQLite's own default: in files. */
  DEFAULT,
  /** In temporary files. */
  FILE,
  /** In memory. */
  MEMORY
}
