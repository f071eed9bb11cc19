package io.tracestore.provider.postgresql.connect;

import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.support.ServerAddress;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * The settings in a URI, read and checked once. {@link #toString()} shows no secret.
 *
 * @param uri names the store in messages
 * @param address the servers, the login and the database
 * @param database the name of the database
 * @param options the values of {@link PostgresConfig}'s constants
 */
public record PostgresSettings(
    StoreUri uri, ServerAddress address, String database, StoreOptions options) {
  /** The form of the URI without its options. */
  public static final String URI_SYNTAX = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE";

  /** PostgreSQL cuts longer names. */
  private static final int MAX_NAME_BYTES = 63;

  private static final int PORT = 5432;
  private static final long MIN_IDLE_MS = 10_000;
  private static final long MIN_LIFETIME_MS = 30_000;

  public PostgresSettings {
    address.hosts().forEach(host -> ServerAddress.withPort(host, PORT));
    name("database", database);
    String schema = options.get(PostgresConfig.SCHEMA_NAME);
    name("schemaName", schema);
    if (schema.startsWith("pg_") || schema.equals("information_schema")) {
      throw new IllegalArgumentException("schemaName is PostgreSQL's own: '" + schema + "'");
    }
    if (options.isSet(PostgresConfig.MIN_CONNECTIONS)
        && options.get(PostgresConfig.MIN_CONNECTIONS)
            > options.get(PostgresConfig.MAX_CONNECTIONS)) {
      throw new IllegalArgumentException(
          "minConnections must be at most maxConnections: %d, %d"
              .formatted(
                  options.get(PostgresConfig.MIN_CONNECTIONS),
                  options.get(PostgresConfig.MAX_CONNECTIONS)));
    }
    zeroOrAtLeast(PostgresConfig.IDLE_TIMEOUT_MS, options, MIN_IDLE_MS);
    zeroOrAtLeast(PostgresConfig.MAX_LIFETIME_MS, options, MIN_LIFETIME_MS);
    notTwice("user", address.user(), options.driverOptions().get(PGProperty.USER.getName()));
    notTwice(
        "password", address.password(), options.driverOptions().get(PGProperty.PASSWORD.getName()));
  }

  /**
   * Reads and checks the settings of {@code uri}.
   *
   * @throws StoreConfigurationException if they do not fit each other, or no database is named
   */
  public static PostgresSettings of(StoreUri uri, StoreOptions options) {
    ServerAddress address = ServerAddress.parse(uri, URI_SYNTAX);
    String database = address.database();
    if (database == null) {
      throw new StoreConfigurationException(
          "%s names no database; write postgresql://HOST/DATABASE".formatted(uri), null);
    }
    try {
      return new PostgresSettings(uri, address, database, options);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static void name(String field, String value) {
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "%s must be a name of 1 to %d bytes: '%s'".formatted(field, MAX_NAME_BYTES, value));
    }
  }

  private static void zeroOrAtLeast(StoreOption<Long> option, StoreOptions options, long min) {
    long value = options.get(option);
    if (value != 0 && value < min) {
      throw new IllegalArgumentException(
          "%s must be 0 or at least %d: %d".formatted(option.name(), min, value));
    }
  }

  private static void notTwice(String what, @Nullable String value, @Nullable String option) {
    if (value != null && option != null) {
      throw new IllegalArgumentException("the " + what + " is given twice");
    }
  }

  public <T> T get(StoreOption<T> option) {
    return options.get(option);
  }

  List<String> hosts() {
    return address.hosts();
  }

  @Nullable String user() {
    return address.user();
  }

  @Nullable String password() {
    return address.password();
  }

  Map<String, String> driverOptions() {
    return options.driverOptions();
  }

  /** The default gives way to a smaller maxConnections. */
  int minConnections() {
    return Math.min(get(PostgresConfig.MIN_CONNECTIONS), get(PostgresConfig.MAX_CONNECTIONS));
  }

  /** How long traces are kept; zero keeps all. */
  public Duration retention() {
    return Duration.ofMillis(get(PostgresConfig.RETENTION));
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
