package io.tracestore.zipkin;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.PostgresServers;
import org.junit.jupiter.api.AfterAll;

class PostgresStorageTest extends StorageContract {
  private final String uri = PostgresServers.main().newStoreUri("");

  @Override
  TraceStore open() {
    return TraceStores.open(uri);
  }

  @Override
  @AfterAll
  void closeStore() {
    super.closeStore();
    PostgresServers.main().drop(uri);
  }
}
