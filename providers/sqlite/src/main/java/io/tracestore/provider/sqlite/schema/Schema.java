package io.tracestore.provider.sqlite.schema;

import static io.tracestore.provider.sqlite.sql.SqlTemplates.beginImmediate;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.enableIncrementalVacuum;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.pragma;
import static org.jooq.impl.DSL.commit;

import io.tracestore.provider.sqlite.sql.Pragma;
import io.tracestore.provider.sqlite.sql.Sql;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes the tables of a new database. */
public final class Schema {
  /**
   * The value of {@code PRAGMA user_version} in a database with the tables of this version. A
   * change of the tables raises it, and older databases are refused.
   */
  public static final int VERSION = 5;

  /** "TRCS", where SQLite keeps which application a file belongs to. */
  public static final int APPLICATION_ID = 0x54524353;

  private static final String SCRIPT = "traces.sql";

  private Schema() {}

  /**
   * Makes the tables in {@code connection}'s database if it has none, whole or not at all. Several
   * processes may do so at once: the second one finds the work done.
   */
  public static void make(Connection connection) throws SQLException {
    if (Sql.number(connection, pragma(Pragma.PAGE_COUNT)) == 0) {
      // Only as long as a database has no pages; SQLite passes over it later.
      Sql.execute(connection, enableIncrementalVacuum());
    }
    if (version(connection) != 0) {
      return;
    }
    Sql.execute(connection, beginImmediate());
    try {
      if (version(connection) == 0) {
        runScript(connection);
        Sql.execute(connection, pragma(Pragma.APPLICATION_ID, APPLICATION_ID));
        Sql.execute(connection, pragma(Pragma.USER_VERSION, VERSION));
      }
      Sql.execute(connection, commit());
    } catch (SQLException e) {
      Sql.rollback(connection, e);
      throw e;
    }
  }

  /** The version of a database; 0 of one that is new. */
  public static int version(Connection connection) throws SQLException {
    return (int) Sql.number(connection, pragma(Pragma.USER_VERSION));
  }

  private static void runScript(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(script());
    }
  }

  private static String script() {
    try (InputStream in = Schema.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new IllegalStateException("not in this jar: " + SCRIPT);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(SCRIPT, e);
    }
  }
}
