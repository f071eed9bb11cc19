package io.tracestore.provider.sqlite;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Brings a database to the schema of this version, script after script. */
final class Schema {
  /**
   * The scripts in their order; a change of the schema adds one, and never touches those before.
   */
  private static final List<String> SCRIPTS = List.of("V1__traces.sql");

  /** What {@code PRAGMA user_version} says of an up-to-date database. */
  static final int VERSION = SCRIPTS.size();

  private Schema() {}

  /**
   * Runs the scripts that {@code connection}'s database lacks, each in a transaction of its own.
   * Several processes may do so at once: who comes second finds the work done.
   */
  static void migrate(Connection connection) throws SQLException {
    migrate(connection, SCRIPTS);
  }

  /** The same with other scripts, for tests of upgrades that are still to come. */
  static void migrate(Connection connection, List<String> scripts) throws SQLException {
    if (Sql.number(connection, "PRAGMA page_count") == 0) {
      // Only as long as a database has no pages; SQLite passes over it later.
      Sql.execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
    }
    while (version(connection) < scripts.size()) {
      Sql.execute(connection, "BEGIN IMMEDIATE");
      try {
        int version = version(connection);
        if (version < scripts.size()) {
          run(connection, scripts.get(version));
          Sql.execute(connection, "PRAGMA application_id = " + DatabaseFile.APPLICATION_ID);
          Sql.execute(connection, "PRAGMA user_version = " + (version + 1));
        }
        Sql.execute(connection, "COMMIT");
      } catch (SQLException e) {
        Sql.rollback(connection, e);
        throw e;
      }
    }
  }

  /** The version of a database; 0 of one that is new. */
  static int version(Connection connection) throws SQLException {
    return (int) Sql.number(connection, "PRAGMA user_version");
  }

  private static void run(Connection connection, String script) throws SQLException {
    Sql.execute(connection, read(script));
  }

  private static String read(String script) {
    try (InputStream in = Schema.class.getResourceAsStream("schema/" + script)) {
      if (in == null) {
        throw new IllegalStateException("not in this jar: schema/" + script);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("schema/" + script, e);
    }
  }
}
