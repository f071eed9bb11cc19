package io.tracestore.bench;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The server that benchmarks run on: that of {@code TRACESTORE_POSTGRES_URI}, or else an embedded
 * one that waits for the disk as a real one does and ends with this JVM. What a benchmark makes in
 * it is removed in the end.
 */
public final class PostgresTestServer {
  private static @Nullable EmbeddedPostgres embedded;

  private final String address;
  private final String user;
  private final String password;
  private final String schema;

  private PostgresTestServer(String address, String user, String password, String schema) {
    this.schema = schema;
    this.address = address;
    this.user = user;
    this.password = password;
  }

  /** Starts it, unless one runs in this JVM. */
  public static PostgresTestServer start() throws IOException {
    String schema = "bench_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    String given = System.getenv("TRACESTORE_POSTGRES_URI");
    if (given == null || given.isBlank()) {
      return new PostgresTestServer(
          "localhost:" + embeddedPort() + "/postgres", "postgres", "", schema);
    }
    URI uri = URI.create(given);
    String[] parts = String.valueOf(uri.getUserInfo()).split(":", 2);
    return new PostgresTestServer(
        uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        parts[0],
        parts.length > 1 ? parts[1] : "",
        schema);
  }

  private static synchronized int embeddedPort() throws IOException {
    if (embedded == null) {
      embedded =
          EmbeddedPostgres.builder()
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("shared_buffers", "1GB")
              .setServerConfig("max_wal_size", "4GB")
              .setLocaleConfig("locale", "C")
              .setLocaleConfig("encoding", "UTF8")
              .start();
    }
    return embedded.getPort();
  }

  /** A store in a schema of its own; {@code name} tells several apart. */
  TraceStore openStore(String name, String options) {
    return TraceStores.open("%s?schemaName=%s%s".formatted(uri(), schema + name, options));
  }

  /** The URI of its stores, without a schema. */
  public String uri() {
    String login = password.isEmpty() ? user : user + ":" + password;
    return "postgresql://%s@%s".formatted(login, address);
  }

  /** A connection that sees the tables of the store of that name. */
  Connection connect(String name, String... properties) throws SQLException {
    Properties all = new Properties();
    all.setProperty("user", user);
    all.setProperty("password", password);
    all.setProperty("currentSchema", schema + name);
    for (int i = 0; i < properties.length; i += 2) {
      all.setProperty(properties[i], properties[i + 1]);
    }
    return DriverManager.getConnection("jdbc:postgresql://" + address, all);
  }

  /** Removes the store of that name. */
  void drop(String name) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement()) {
      statement.execute("DROP SCHEMA " + schema + name + " CASCADE");
    }
  }
}
