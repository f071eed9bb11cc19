package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The server as ClickHouse's JDBC driver sees it. */
class ServerJdbcTest {
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = TestServer.start(null);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:clickhouse://127.0.0.1:" + server.process().port() + "/default",
        "default",
        TestServer.PASSWORD);
  }

  @Test
  void aBatchIsInserted() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE b (a UInt64, s String) ENGINE = MergeTree ORDER BY a");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO b (a, s) VALUES (?, ?)")) {
        for (int i = 0; i < 100; i++) {
          insert.setLong(1, i);
          insert.setString(2, "it's \\ " + i);
          insert.addBatch();
        }
        insert.executeBatch();
      }
      try (ResultSet rows = statement.executeQuery("SELECT count(), max(s) FROM b")) {
        rows.next();
        assertThat(rows.getLong(1)).isEqualTo(100);
        assertThat(rows.getString(2)).isEqualTo("it's \\ 99");
      }
    }
  }

  @Test
  void theDriverSeesTheEnginesVersion() throws Exception {
    try (Connection connection = connect()) {
      assertThat(connection.getMetaData().getDatabaseProductVersion())
          .isEqualTo(server.text("SELECT version()"));
    }
  }

  @Test
  void anErrorHasClickHousesCode() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      SQLException failure =
          catchThrowableOfType(SQLException.class, () -> statement.executeQuery("SELECT missing"));
      assertThat(failure.getErrorCode()).isEqualTo(47);
    }
  }
}
