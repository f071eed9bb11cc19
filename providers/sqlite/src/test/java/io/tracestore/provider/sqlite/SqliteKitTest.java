package io.tracestore.provider.sqlite;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The kit in a SQLite file, as it is opened by default. */
class SqliteKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "sqlite:" + directory.resolve("traces.db");
  }

  @Override
  public List<String> failingUris(Path directory) throws IOException {
    Path noDatabase = Files.writeString(directory.resolve("no.db"), "not a database ".repeat(100));
    return List.of(
        "sqlite:" + noDatabase,
        "sqlite:" + directory.resolve("none.db") + "?create=false",
        "sqlite:" + directory.resolve("none/none.db"));
  }
}
