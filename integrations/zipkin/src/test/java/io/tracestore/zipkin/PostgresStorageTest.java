package io.tracestore.zipkin;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;

class PostgresStorageTest extends StorageContract {
  private @Nullable EmbeddedPostgres server;

  @Override
  TraceStore open() throws IOException {
    EmbeddedPostgres started =
        EmbeddedPostgres.builder()
            .setServerConfig("fsync", "off")
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("encoding", "UTF8")
            .start();
    server = started;
    return TraceStores.open(
        "postgresql://postgres:postgres@localhost:%d/postgres".formatted(started.getPort()));
  }

  @Override
  @AfterAll
  void closeStore() {
    super.closeStore();
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new IllegalStateException("the server cannot be stopped", e);
      }
    }
  }
}
