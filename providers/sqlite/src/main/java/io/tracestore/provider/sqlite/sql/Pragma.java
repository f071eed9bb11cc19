package io.tracestore.provider.sqlite.sql;

import java.util.Locale;

/**
 * The settings and facts of SQLite that the store uses.
 *
 * @see <a href="https://www.sqlite.org/pragma.html">PRAGMA statements</a>
 */
public enum Pragma {
  APPLICATION_ID,
  AUTO_VACUUM,
  BUSY_TIMEOUT,
  CACHE_SIZE,
  FREELIST_COUNT,
  INCREMENTAL_VACUUM,
  INTEGRITY_CHECK,
  JOURNAL_MODE,
  JOURNAL_SIZE_LIMIT,
  MMAP_SIZE,
  PAGE_COUNT,
  PAGE_SIZE,
  QUERY_ONLY,
  SCHEMA_VERSION,
  SYNCHRONOUS,
  TEMP_STORE,
  USER_VERSION,
  WAL_CHECKPOINT;

  /** Its name in SQL. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
