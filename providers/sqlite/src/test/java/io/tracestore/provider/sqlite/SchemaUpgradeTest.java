package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A database of an older version is brought up to date, step by step, once, whole or not at all.
 */
class SchemaUpgradeTest {
  private static final List<String> OLD = List.of("V1__traces.sql");
  private static final List<String> NEW = List.of("V1__traces.sql", "V2__a_column_more.sql");
  private static final List<String> BROKEN = List.of("V1__traces.sql", "V2__broken.sql");

  @TempDir Path directory;

  @BeforeEach
  void makeAnOldDatabase() throws SQLException {
    try (Connection connection = connect()) {
      Schema.migrate(connection, OLD);
      Sql.execute(connection, "INSERT INTO traces (trace_id) VALUES (x'00')");
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("t.db"));
    Sql.execute(connection, "PRAGMA busy_timeout = 10000");
    return connection;
  }

  private static long originColumns(Connection connection) throws SQLException {
    return Sql.number(
        connection, "SELECT count(*) FROM pragma_table_info('traces') WHERE name = 'origin'");
  }

  @Test
  void anOldDatabaseGetsWhatItLacksAndKeepsItsRows() throws SQLException {
    try (Connection connection = connect()) {
      Schema.migrate(connection, NEW);

      assertThat(Schema.version(connection)).isEqualTo(2);
      assertThat(originColumns(connection)).isEqualTo(1);
      assertThat(Sql.number(connection, "SELECT count(*) FROM traces")).isEqualTo(1);
    }
  }

  @Test
  void aStepThatBreaksLeavesTheDatabaseAsItWas() throws SQLException {
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> Schema.migrate(connection, BROKEN))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("no_such_table");

      assertThat(Schema.version(connection)).isEqualTo(1);
      assertThat(originColumns(connection)).isZero();
    }
  }

  @Test
  void ofManyThatUpgradeAtOnceOneDoesItAndAllFindItDone() throws Exception {
    int openers = 8;
    CountDownLatch start = new CountDownLatch(openers);
    Callable<Integer> upgrade =
        () -> {
          try (Connection connection = connect()) {
            start.countDown();
            start.await();
            Schema.migrate(connection, NEW);
            return Schema.version(connection);
          }
        };
    try (ExecutorService executor = Executors.newFixedThreadPool(openers)) {
      List<Future<Integer>> versions = executor.invokeAll(Collections.nCopies(openers, upgrade));
      for (Future<Integer> version : versions) {
        assertThat(version.get()).isEqualTo(2);
      }
    }
    try (Connection connection = connect()) {
      assertThat(originColumns(connection)).isEqualTo(1);
    }
  }
}
