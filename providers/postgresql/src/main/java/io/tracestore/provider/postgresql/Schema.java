package io.tracestore.provider.postgresql;

import io.tracestore.spi.StoreConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * Makes and upgrades the tables, by the scripts next to it, under a lock: any number of processes
 * may start at once. The version in force stands in the table {@code schema_version}.
 */
final class Schema {
  /** The scripts, in their order; a version is the number of scripts that were run. */
  private static final List<String> SCRIPTS = List.of("V1__traces.sql");

  private static final int OLDEST_SERVER = 130_000;

  private static final String VERSION_TABLE =
      "CREATE TABLE schema_version (version int PRIMARY KEY, installed timestamptz NOT NULL)";

  private final String name;

  Schema(String name) {
    this.name = name;
  }

  /**
   * Brings the schema to the version that this release knows. Nothing is written if it is there.
   *
   * @throws StoreConfigurationException if it is newer, or the server does not fit
   */
  void prepare(Connection connection) throws SQLException {
    checkServer(connection);
    if (version(connection) == SCRIPTS.size()) {
      return;
    }
    connection.setAutoCommit(false);
    boolean done = false;
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_advisory_xact_lock(" + lock("schema") + ")");
      upgrade(statement, version(connection));
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  private void upgrade(Statement statement, int version) throws SQLException {
    if (version > SCRIPTS.size()) {
      throw new StoreConfigurationException(
          "schema '%s' has version %d, and this release knows up to %d: take a newer one"
              .formatted(name, version, SCRIPTS.size()),
          null);
    }
    if (version == 0) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + Connections.quoted(name));
      statement.execute(VERSION_TABLE);
    }
    for (int next = version + 1; next <= SCRIPTS.size(); next++) {
      statement.execute(script(SCRIPTS.get(next - 1)));
      statement.execute("INSERT INTO schema_version VALUES (" + next + ", now())");
    }
  }

  private static void checkServer(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT current_setting('server_version_num')::int,"
                    + " current_setting('server_version'), current_setting('server_encoding')")) {
      row.next();
      if (row.getInt(1) < OLDEST_SERVER) {
        throw new StoreConfigurationException(
            "the server is PostgreSQL %s; 13 or newer is needed".formatted(row.getString(2)), null);
      }
      if (!row.getString(3).equals("UTF8")) {
        throw new StoreConfigurationException(
            "the database has encoding %s; create one with ENCODING 'UTF8'"
                .formatted(row.getString(3)),
            null);
      }
    }
  }

  /**
   * The version in force; 0 if there is none. The catalog is asked by a query: {@code to_regclass}
   * may still remember that there was no such schema before the lock was waited for.
   */
  private int version(Connection connection) throws SQLException {
    try (PreparedStatement exists =
        connection.prepareStatement(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_tables"
                + " WHERE schemaname = ? AND tablename = 'schema_version')")) {
      exists.setString(1, name);
      try (ResultSet row = exists.executeQuery()) {
        row.next();
        if (!row.getBoolean(1)) {
          return 0;
        }
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT coalesce(max(version), 0) FROM schema_version")) {
      row.next();
      return row.getInt(1);
    }
  }

  /** The key of an advisory lock of this schema, the same in every process. */
  long lock(String purpose) {
    try {
      byte[] text = ("tracestore " + purpose + " " + name).getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(text)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static String script(String file) {
    try (InputStream in = Schema.class.getResourceAsStream("schema/" + file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
