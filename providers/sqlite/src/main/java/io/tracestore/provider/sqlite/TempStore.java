package io.tracestore.provider.sqlite;

/** Where SQLite keeps what it sorts. */
public enum TempStore {
  /** Where SQLite was built to: in files. */
  DEFAULT,
  /** In temporary files. */
  FILE,
  /** In memory. */
  MEMORY
}
