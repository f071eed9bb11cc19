package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** An application can send statements of its own over the store's connections. */
class PostgresDataSourceTest extends PostgresTests {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");

  @Test
  void itsStatementsReadTracesBesideTablesOfItsOwn() throws SQLException {
    String uri = newUri("minConnections=0");
    TraceStore store = open(uri);
    store.storeTraces(List.of(trace(1, START), trace(2, START), trace(3, START)));
    DataSource source = store.unwrap(DataSource.class);
    try (Connection connection = source.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TEMPORARY TABLE orders (trace uuid, customer text)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO orders VALUES (?, ?)")) {
        insert.setObject(1, trace(2, START).traceId().value());
        insert.setString(2, "it's SCHEMA.traces");
        insert.executeUpdate();
      }
      try (ResultSet row =
          statement.executeQuery(
              "SELECT t.trace_id, o.customer FROM %s.traces t JOIN orders o ON o.trace = t.trace_id"
                  .formatted(PostgresServer.schemaOf(uri)))) {
        assertThat(row.next()).isTrue();
        assertThat(row.getObject(1, UUID.class)).isEqualTo(trace(2, START).traceId().value());
        assertThat(row.getString(2)).isEqualTo("it's SCHEMA.traces");
        assertThat(row.next()).isFalse();
      }
    }
    assertThat(store.getTrace(trace(2, START).traceId())).contains(trace(2, START));
  }

  @Test
  void aTransactionThatItLeavesOpenIsRolledBackAndDisturbsNoCall() throws SQLException {
    String uri = newUri("minConnections=0&maxConnections=2");
    TraceStore store = open(uri);
    store.storeTrace(trace(1, START));
    try (Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("DELETE FROM %s.traces".formatted(PostgresServer.schemaOf(uri)));
    }
    assertThat(store.getTrace(trace(1, START).traceId())).contains(trace(1, START));
    assertThat(store.deleteTrace(trace(1, START).traceId())).isTrue();
  }

  @Test
  void itEndsWithTheStore() {
    TraceStore store = openNew("minConnections=0");
    DataSource source = store.unwrap(DataSource.class);
    store.close();
    assertThatThrownBy(source::getConnection).isInstanceOf(SQLException.class);
  }
}
