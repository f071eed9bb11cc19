package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.schema.Schema;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables are made once, whole. */
class SchemaTest {
  @TempDir Path directory;

  private Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("t.db"));
    PlainSql.execute(connection, "PRAGMA busy_timeout = 10000");
    return connection;
  }

  @Test
  void ofManyThatMakeADatabaseAtOnceOneDoesItAndAllFindItDone() throws Exception {
    int openers = 8;
    CountDownLatch start = new CountDownLatch(openers);
    Callable<String> making =
        () -> {
          try (Connection connection = connect()) {
            start.countDown();
            start.await();
            Schema.make(connection);
            return Schema.version(connection) + " " + Connections.storeId(connection);
          }
        };
    try (ExecutorService executor = Executors.newFixedThreadPool(openers)) {
      List<Future<String>> made = executor.invokeAll(Collections.nCopies(openers, making));
      for (Future<String> each : made) {
        assertThat(each.get()).isEqualTo(made.getFirst().get()).startsWith(Schema.VERSION + " ");
      }
    }
  }

  @Test
  void eachDatabaseHasAnIdOfItsOwn() throws SQLException {
    try (Connection one = DriverManager.getConnection("jdbc:sqlite::memory:");
        Connection two = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      Schema.make(one);
      Schema.make(two);

      assertThat(Connections.storeId(one)).hasSize(32).isNotEqualTo(Connections.storeId(two));
    }
  }
}
