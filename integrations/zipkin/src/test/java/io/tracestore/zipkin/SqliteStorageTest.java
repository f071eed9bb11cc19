package io.tracestore.zipkin;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteStorageTest extends StorageContract {
  @TempDir private static Path folder;

  @Override
  TraceStore open() {
    return TraceStores.open("sqlite:" + folder.resolve("zipkin.db"));
  }
}
