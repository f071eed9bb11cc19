package io.tracestore.provider.postgresql;

import io.tracestore.testing.net.HeldRequestsTest;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import org.junit.jupiter.api.AfterEach;

/** Two calls at once on PostgreSQL, one of them stopped between its requests. */
class PostgresHeldRequestsTest extends HeldRequestsTest {
  private final PostgresServer server = PostgresServers.main();
  private final String uri =
      server
          .newStoreUri("minConnections=0&connectionTimeoutMs=30s")
          .replace("localhost", "127.0.0.1");

  @AfterEach
  void remove() {
    server.drop(uri);
  }

  @Override
  protected String uri(int port) {
    return uri.replace(":" + server.port() + "/", ":" + port + "/");
  }

  @Override
  protected int serverPort() {
    return server.port();
  }
}
