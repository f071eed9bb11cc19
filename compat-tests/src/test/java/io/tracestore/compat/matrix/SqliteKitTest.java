package io.tracestore.compat.matrix;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** In a SQLite file, as it is opened by default. */
class SqliteKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "sqlite:" + directory.resolve("traces.db");
  }
}
