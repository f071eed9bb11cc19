package io.tracestore.provider.sqlite;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** The kit in SQLite, without a file, with an index on an attribute. */
class SqliteMemoryKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "sqlite::memory:?indexedAttributes=order.id";
  }
}
