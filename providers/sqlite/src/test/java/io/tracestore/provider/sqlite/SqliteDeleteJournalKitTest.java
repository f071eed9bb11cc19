package io.tracestore.provider.sqlite;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** The kit in a SQLite file with a rollback journal: readers and the writer take turns. */
class SqliteDeleteJournalKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "sqlite:" + directory.resolve("traces.db") + "?journalMode=DELETE";
  }

  /** Fewer than in SqliteKitTest: only the journal differs, which is slower. */
  @Override
  public int tries(int usual) {
    return Math.max(1, usual / 5);
  }
}
