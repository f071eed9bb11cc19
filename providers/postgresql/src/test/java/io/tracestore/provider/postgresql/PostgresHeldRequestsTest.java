package io.tracestore.provider.postgresql;

import io.tracestore.testing.net.HeldRequestsTest;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two calls at once on PostgreSQL, one of them stopped between its requests. */
class PostgresHeldRequestsTest extends HeldRequestsTest {
  /** Sessions of other tests count too: then the whole patience passes. */
  private static final String ACTIVE =
      "SELECT FROM pg_stat_activity WHERE application_name = 'tracestore' AND state = 'active'"
          + " AND wait_event_type IS DISTINCT FROM 'Lock'";

  private final PostgresServer server = PostgresServers.main();
  private final String uri =
      server
          .newStoreUri("minConnections=0&connectionTimeoutMs=30s")
          .replace("localhost", "127.0.0.1");

  private Connection looking;

  @BeforeEach
  void connect() throws SQLException {
    looking = server.connect(uri);
  }

  @AfterEach
  void remove() throws SQLException {
    looking.close();
    server.drop(uri);
  }

  @Override
  protected String uri(int port) {
    return uri.replace(":" + server.port() + "/", ":" + port + "/");
  }

  @Override
  protected boolean serverIsIdle() {
    try (Statement statement = looking.createStatement();
        ResultSet active = statement.executeQuery(ACTIVE)) {
      return !active.next();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected int serverPort() {
    return server.port();
  }
}
