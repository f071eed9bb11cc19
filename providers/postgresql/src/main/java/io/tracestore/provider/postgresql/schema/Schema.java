package io.tracestore.provider.postgresql.schema;

import io.tracestore.provider.postgresql.connect.Connections;
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
import java.util.Objects;

/**
 * Makes and upgrades the tables, by the scripts next to it, under a lock: any number of processes
 * may start at once. The version in force stands in the table {@code schema_version}.
 */
public final class Schema {
  /** Grows when the script changes; there is no way from one version to another. */
  private static final int VERSION = 4;

  private static final String SCRIPT = "V1__traces.sql";

  /** How long another process that makes the schema, or uses it, is waited for. */
  private static final int LOCK_WAIT_MS = 30_000;

  private static final int OLDEST_SERVER = 130_000;

  private static final String VERSION_TABLE =
      "CREATE TABLE SCHEMA.schema_version (version int PRIMARY KEY, installed timestamptz NOT NULL)";

  private final String name;

  public Schema(String name) {
    this.name = name;
  }

  /**
   * Makes the schema if it is missing. Nothing is written if it is there.
   *
   * @param create whether it may be made
   * @throws StoreConfigurationException if it is missing and may not be made, if it is of another
   *     version, or if the server does not fit
   */
  public void prepare(Connection connection, boolean create) throws SQLException {
    checkServer(connection);
    int version = version(connection);
    if (version == VERSION) {
      return;
    }
    if (version == 0 && !create) {
      throw new StoreConfigurationException(
          "there is no store in schema '%s', and create=false; open it without that to make it"
              .formatted(name),
          null);
    }
    connection.setAutoCommit(false);
    boolean done = false;
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = " + LOCK_WAIT_MS);
      statement.execute("SELECT pg_advisory_xact_lock(" + lock("schema") + ")");
      make(statement, version(connection));
      connection.commit();
      done = true;
    } finally {
      if (!done) {
        connection.rollback();
      }
      connection.setAutoCommit(true);
    }
  }

  private void make(Statement statement, int version) throws SQLException {
    if (version == 0) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS " + Connections.quoted(name));
      statement.execute(VERSION_TABLE);
      // Only here: the script is plain SQL that people can read, and run.
      statement.execute("SET LOCAL search_path = " + Connections.quoted(name));
      statement.execute(script(SCRIPT));
      statement.execute("INSERT INTO SCHEMA.schema_version VALUES (" + VERSION + ", now())");
    } else if (version != VERSION) {
      throw new StoreConfigurationException(
          "schema '%s' has version %d, and this release knows version %d: %s"
              .formatted(
                  name,
                  version,
                  VERSION,
                  version > VERSION
                      ? "take a newer release"
                      : "export its traces with the release that made it, and restore them with this one"),
          null);
    }
  }

  private static void checkServer(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT current_setting('server_version_num')::int,"
                    + " current_setting('server_version'), current_setting('server_encoding')")) {
      row.next();
      checkVersion(row.getInt(1), row.getString(2));
      if (!row.getString(3).equals("UTF8")) {
        throw new StoreConfigurationException(
            "the database has encoding %s; create one with ENCODING 'UTF8'"
                .formatted(row.getString(3)),
            null);
      }
    }
  }

  /** Refuses a server that is older than those this provider was tried with. */
  static void checkVersion(int number, String name) {
    if (number < OLDEST_SERVER) {
      throw new StoreConfigurationException(
          "the server is PostgreSQL %s; 13 or newer is needed".formatted(name), null);
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
            statement.executeQuery("SELECT coalesce(max(version), 0) FROM SCHEMA.schema_version")) {
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
    try (InputStream in = Schema.class.getResourceAsStream(file)) {
      return new String(Objects.requireNonNull(in, file).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
