package io.tracestore.testing.postgresql;

import io.tracestore.TraceStores;
import io.tracestore.spi.config.StoreUri;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A PostgreSQL server that tests use, each test a schema of its own.
 *
 * @param host where it listens
 * @param port where it listens
 * @param user a superuser
 * @param password its password; a server that asks for none gets one all the same, so that tests
 *     see whether it is shown
 * @param database the database that tests use
 */
public record PostgresServer(String host, int port, String user, String password, String database) {
  private static final AtomicLong SCHEMAS = new AtomicLong(System.nanoTime());

  /** The URI of a store in a new schema; {@code options} as {@code name=value&name=value}. */
  public String newStoreUri(String options) {
    return uri(newSchema("test_"), options);
  }

  /** The same server, with a new and empty database. */
  public PostgresServer withNewDatabase() {
    String name = newSchema("database_");
    execute("CREATE DATABASE " + name);
    return new PostgresServer(host, port, user, password, name);
  }

  /** A name that no schema has yet. */
  public static String newSchema(String prefix) {
    return prefix + Long.toString(SCHEMAS.incrementAndGet(), 36);
  }

  /**
   * The URI of a store in a new schema that already has partitions: an hour, a month and a century,
   * each for some of what the kit stores, with gaps between them.
   */
  public String newPartitionedStoreUri(String options) {
    return withPartitions(newStoreUri(options));
  }

  /** Gives the store of {@code uri}, which is made, such partitions. */
  public String withPartitions(String uri) {
    TraceStores.open(uri).close();
    String schema = schemaOf(uri);
    execute(
        partition(schema, "an_hour", "2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z"),
        partition(schema, "a_month", "2026-03-04T06:00:00Z", "2026-04-04T00:00:00Z"),
        partition(schema, "a_century", "1900-01-01T00:00:00Z", "2000-01-01T00:00:00Z"));
    return uri;
  }

  /** The statement that makes a partition of a store's events between two full hours. */
  public static String partition(String schema, String name, String from, String to) {
    return "CREATE TABLE %s.%s PARTITION OF %s.events FOR VALUES FROM (%d) TO (%d)"
        .formatted(schema, name, schema, hour(from), hour(to));
  }

  private static long hour(String instant) {
    return Math.floorDiv(Instant.parse(instant).getEpochSecond(), 3600L);
  }

  /** The URI of the store in {@code schema}. */
  public String uri(String schema, String options) {
    String more = options.isEmpty() ? "" : "&" + options;
    return "postgresql://%s:%s@%s:%d/%s?schemaName=%s%s"
        .formatted(user, password, host, port, database, StoreUri.percentEncode(schema), more);
  }

  /** The schema that a URI of this class names, as an identifier in SQL. */
  public static String schemaOf(String uri) {
    String name = StoreUri.parse(uri).options().getOrDefault("schemaName", "tracing");
    return name.matches("[a-z0-9_]+") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** Removes the schema of {@code uri} and all that is in it. */
  public void drop(String uri) {
    execute("DROP SCHEMA IF EXISTS " + schemaOf(uri) + " CASCADE");
  }

  /** A connection with the schema of {@code uri} as its search path. */
  public Connection connect(String uri) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("currentSchema", schemaOf(uri));
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d/%s".formatted(host, port, database), properties);
  }

  /** Executes statements in the database. */
  public void execute(String... statements) {
    try (Connection connection = connect("postgresql:any?schemaName=public");
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first column of what {@code sql} gives in the schema of {@code uri}, as text. */
  public List<String> select(String uri, String sql) {
    try (Connection connection = connect(uri);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
