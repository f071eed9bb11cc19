package io.tracestore.provider.sqlite.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jooq.Query;
import org.jooq.ResultQuery;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/** Statements without parameters that are run once. */
public final class Sql {
  private static final Rendered ROLLBACK = Rendered.of(DSL.rollback());

  private Sql() {}

  /** Runs a statement, whatever it returns. */
  public static void execute(Connection connection, Query query) throws SQLException {
    execute(connection, Rendered.of(query));
  }

  private static void execute(Connection connection, Rendered rendered) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(rendered.sql());
    }
  }

  /** The first column of the first row as a number; 0 if there is none. */
  public static long number(Connection connection, ResultQuery<?> query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(Rendered.of(query).sql())) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  /** The first column of the first row as text. */
  public static String text(Connection connection, ResultQuery<?> query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(Rendered.of(query).sql())) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  /** Rolls back because of {@code failure}, to which a further one is added. */
  public static void rollback(Connection connection, @Nullable Throwable failure) {
    try {
      execute(connection, ROLLBACK);
    } catch (SQLException e) {
      // SQLite has rolled back by itself after some errors, such as a full disk.
      if (failure != null) {
        failure.addSuppressed(e);
      }
    }
  }
}
