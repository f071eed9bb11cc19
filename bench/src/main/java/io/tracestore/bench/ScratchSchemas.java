package io.tracestore.bench;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Scratch places in PostgreSQL: a schema for each. */
record ScratchSchemas(StoreUri given) implements Scratch.Places {
  private static final String DEADLOCK = "40P01";
  private static final int DROP_TRIES = 10;

  @Override
  public StoreUri uri(String name) {
    return Scratch.with(given, "schemaName", name);
  }

  /** Work with a connection that has the TLS settings and the login of the store's URI. */
  private interface Work<T> {
    T with(Statement statement) throws SQLException;
  }

  /**
   * The upkeep of the store that is open takes locks in another order: the server may end the drop
   * to let it go on. Closed, the store would close the connection too.
   */
  private static void drop(Statement statement, String name) throws SQLException {
    for (int attempt = 1; ; attempt++) {
      try {
        statement.execute("DROP SCHEMA \"" + name + "\" CASCADE");
        return;
      } catch (SQLException e) {
        if (attempt == DROP_TRIES || !DEADLOCK.equals(e.getSQLState())) {
          throw e;
        }
      }
    }
  }

  /** A store makes its schema, so it is opened in the one called {@code name}, which then goes. */
  private <T> T connected(String name, Work<T> work) {
    try (TraceStore store = TraceStores.open(uri(name));
        Connection connection = store.unwrap(DataSource.class).getConnection();
        Statement statement = connection.createStatement()) {
      T result = work.with(statement);
      drop(statement, name);
      return result;
    } catch (SQLException e) {
      throw new IllegalStateException(
          "the schema %s is left at %s: %s".formatted(name, given, e.getMessage()), e);
    }
  }

  @Override
  public List<String> names() {
    String own = Scratch.PREFIX + Scratch.newRun() + "_names";
    return connected(
        own,
        statement -> {
          List<String> names = new ArrayList<>();
          try (ResultSet rows =
              statement.executeQuery(
                  "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, '%s')"
                      .formatted(Scratch.PREFIX))) {
            while (rows.next()) {
              names.add(rows.getString(1));
            }
          }
          names.remove(own);
          return names;
        });
  }

  @Override
  public void remove(String name) {
    connected(name, statement -> name);
  }
}
