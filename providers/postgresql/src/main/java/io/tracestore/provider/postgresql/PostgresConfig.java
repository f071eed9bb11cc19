package io.tracestore.provider.postgresql;

import io.tracestore.provider.support.ServerAddress;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGProperty;

/**
 * How a {@code postgresql:} store is opened: the same as a URI says, as values. {@link #toString()}
 * shows no secret.
 *
 * @param hosts {@code NAME} or {@code NAME:PORT} of one or more servers, tried in this order
 * @param database the name of the database
 * @param user whom to log in as; null for what the driver takes then, the user of this process
 * @param password null for none, or one that the driver finds in {@code ~/.pgpass}
 * @param maxConnections how many connections are open at most, at least 2
 * @param minConnections how many connections are kept open, at most {@code maxConnections}
 * @param connectionTimeoutMs how many milliseconds a call waits for a connection and tries again
 *     while the server is away, at least 250
 * @param idleTimeoutMs after how many milliseconds an unused connection is closed, at least 10000;
 *     0 for never
 * @param maxLifetimeMs after how many milliseconds a connection is replaced, at least 30000; 0 for
 *     never
 * @param schemaName the schema that holds the tables; 1 to 63 bytes of UTF-8
 * @param partitioning whether events are kept in partitions by the start of their trace
 * @param partitionInterval how much time a new partition covers
 * @param partitionRetentionDays after how many days traces are removed; 0 for never
 * @param autoCreatePartitions whether missing partitions are made
 * @param driverOptions further options, which go to the driver as they are, such as {@code sslmode}
 */
public record PostgresConfig(
    List<String> hosts,
    String database,
    @Nullable String user,
    @Nullable String password,
    int maxConnections,
    int minConnections,
    long connectionTimeoutMs,
    long idleTimeoutMs,
    long maxLifetimeMs,
    String schemaName,
    boolean partitioning,
    PartitionInterval partitionInterval,
    int partitionRetentionDays,
    boolean autoCreatePartitions,
    Map<String, String> driverOptions) {
  /** PostgreSQL cuts longer names. */
  private static final int MAX_NAME_BYTES = 63;

  private static final int PORT = 5432;
  private static final long MIN_IDLE_MS = 10_000;
  private static final long MIN_LIFETIME_MS = 30_000;

  public PostgresConfig {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must name a server");
    }
    hosts.forEach(host -> ServerAddress.withPort(host, PORT));
    name("database", database);
    PostgresOptions.MAX_CONNECTIONS.check(maxConnections);
    PostgresOptions.MIN_CONNECTIONS.check(minConnections);
    if (minConnections > maxConnections) {
      throw new IllegalArgumentException(
          "minConnections must be at most maxConnections: %d, %d"
              .formatted(minConnections, maxConnections));
    }
    PostgresOptions.CONNECTION_TIMEOUT_MS.check(connectionTimeoutMs);
    zeroOrAtLeast(PostgresOptions.IDLE_TIMEOUT_MS, idleTimeoutMs, MIN_IDLE_MS);
    zeroOrAtLeast(PostgresOptions.MAX_LIFETIME_MS, maxLifetimeMs, MIN_LIFETIME_MS);
    name("schemaName", schemaName);
    if (schemaName.startsWith("pg_") || schemaName.equals("information_schema")) {
      throw new IllegalArgumentException("schemaName is PostgreSQL's own: '" + schemaName + "'");
    }
    Objects.requireNonNull(partitionInterval, "partitionInterval");
    PostgresOptions.PARTITION_RETENTION_DAYS.check(partitionRetentionDays);
    driverOptions = Collections.unmodifiableMap(new TreeMap<>(driverOptions));
    for (String option : driverOptions.keySet()) {
      if (!PostgresOptions.OF_DRIVER.contains(option)) {
        throw new IllegalArgumentException(
            "not an option of the driver that may be given: '" + option + "'");
      }
    }
    notTwice("user", user, driverOptions.get(PGProperty.USER.getName()));
    notTwice("password", password, driverOptions.get(PGProperty.PASSWORD.getName()));
  }

  private static void name(String field, String value) {
    Objects.requireNonNull(value, field);
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAX_NAME_BYTES || value.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "%s must be a name of 1 to %d bytes: '%s'".formatted(field, MAX_NAME_BYTES, value));
    }
  }

  private static void zeroOrAtLeast(StoreOption<Long> option, long value, long min) {
    option.check(value);
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

  /** A builder for {@code database} on a server on this machine, with the defaults. */
  public static Builder builder(String database) {
    return new Builder(database);
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code postgresql://user:password@host:port,host2:port/database}, with options
   * @throws StoreConfigurationException if it has no database, an unknown option or a wrong value
   */
  public static PostgresConfig fromUri(StoreUri uri) {
    return fromUri(uri, StoreOptions.of(uri, PostgresOptions.ALL, PostgresOptions.OF_DRIVER));
  }

  static PostgresConfig fromUri(StoreUri uri, StoreOptions options) {
    ServerAddress address = ServerAddress.parse(uri, PostgresTraceStoreProvider.URI_SYNTAX);
    String database = address.database();
    if (database == null) {
      throw new StoreConfigurationException(
          "%s names no database; write postgresql://HOST/DATABASE".formatted(uri), null);
    }
    try {
      return new PostgresConfig(
          address.hosts(),
          database,
          address.user(),
          address.password(),
          options.get(PostgresOptions.MAX_CONNECTIONS),
          minConnections(options),
          options.get(PostgresOptions.CONNECTION_TIMEOUT_MS),
          options.get(PostgresOptions.IDLE_TIMEOUT_MS),
          options.get(PostgresOptions.MAX_LIFETIME_MS),
          options.get(PostgresOptions.SCHEMA_NAME),
          options.get(PostgresOptions.PARTITIONING),
          options.get(PostgresOptions.PARTITION_INTERVAL),
          options.get(PostgresOptions.PARTITION_RETENTION_DAYS),
          options.get(PostgresOptions.AUTO_CREATE_PARTITIONS),
          options.driverOptions());
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** The default gives way to a smaller maxConnections; a number that was given does not. */
  private static int minConnections(StoreOptions options) {
    int min = options.get(PostgresOptions.MIN_CONNECTIONS);
    return options.isSet(PostgresOptions.MIN_CONNECTIONS)
        ? min
        : Math.min(min, options.get(PostgresOptions.MAX_CONNECTIONS));
  }

  /** The URI that describes this config; options that have their default are left out. */
  public StoreUri toUri() {
    Map<String, String> options = new LinkedHashMap<>();
    addTo(options, PostgresOptions.MAX_CONNECTIONS, maxConnections);
    addTo(options, PostgresOptions.MIN_CONNECTIONS, minConnections);
    addTo(options, PostgresOptions.CONNECTION_TIMEOUT_MS, connectionTimeoutMs);
    addTo(options, PostgresOptions.IDLE_TIMEOUT_MS, idleTimeoutMs);
    addTo(options, PostgresOptions.MAX_LIFETIME_MS, maxLifetimeMs);
    addTo(options, PostgresOptions.SCHEMA_NAME, schemaName);
    addTo(options, PostgresOptions.PARTITIONING, partitioning);
    addTo(options, PostgresOptions.PARTITION_INTERVAL, partitionInterval);
    addTo(options, PostgresOptions.PARTITION_RETENTION_DAYS, partitionRetentionDays);
    addTo(options, PostgresOptions.AUTO_CREATE_PARTITIONS, autoCreatePartitions);
    options.putAll(driverOptions);
    return StoreUri.of(PostgresTraceStoreProvider.SCHEME, rawBody(), options);
  }

  private static <T> void addTo(Map<String, String> options, StoreOption<T> option, T value) {
    if (!value.equals(option.defaultValue())) {
      options.put(option.name(), option.format(value));
    }
  }

  private String rawBody() {
    StringBuilder body = new StringBuilder("//");
    if (user != null || password != null) {
      body.append(user == null ? "" : StoreUri.percentEncode(user));
      body.append(password == null ? "" : ":" + StoreUri.percentEncode(password)).append('@');
    }
    return body.append(hosts.stream().collect(Collectors.joining(",")))
        .append('/')
        .append(StoreUri.percentEncode(database))
        .toString();
  }

  /** The URI, without secrets. */
  @Override
  public String toString() {
    return toUri().toString();
  }

  /** Builds a {@link PostgresConfig}; not safe for several threads. */
  public static final class Builder {
    private final String database;
    private List<String> hosts = List.of("localhost");
    private @Nullable String user;
    private @Nullable String password;
    private int maxConnections = PostgresOptions.defaultOf(PostgresOptions.MAX_CONNECTIONS);
    private int minConnections = PostgresOptions.defaultOf(PostgresOptions.MIN_CONNECTIONS);
    private long connectionTimeoutMs =
        PostgresOptions.defaultOf(PostgresOptions.CONNECTION_TIMEOUT_MS);
    private long idleTimeoutMs = PostgresOptions.defaultOf(PostgresOptions.IDLE_TIMEOUT_MS);
    private long maxLifetimeMs = PostgresOptions.defaultOf(PostgresOptions.MAX_LIFETIME_MS);
    private String schemaName = PostgresOptions.defaultOf(PostgresOptions.SCHEMA_NAME);
    private boolean partitioning = PostgresOptions.defaultOf(PostgresOptions.PARTITIONING);
    private PartitionInterval partitionInterval =
        PostgresOptions.defaultOf(PostgresOptions.PARTITION_INTERVAL);
    private int partitionRetentionDays =
        PostgresOptions.defaultOf(PostgresOptions.PARTITION_RETENTION_DAYS);
    private boolean autoCreatePartitions =
        PostgresOptions.defaultOf(PostgresOptions.AUTO_CREATE_PARTITIONS);
    private final Map<String, String> driverOptions = new LinkedHashMap<>();

    private Builder(String database) {
      this.database = Objects.requireNonNull(database, "database");
    }

    /** The servers, each {@code NAME} or {@code NAME:PORT}; {@code localhost} by default. */
    public Builder hosts(String... hosts) {
      this.hosts = List.of(hosts);
      return this;
    }

    /** Whom to log in as. */
    public Builder user(@Nullable String user) {
      this.user = user;
      return this;
    }

    /** The password. */
    public Builder password(@Nullable String password) {
      this.password = password;
      return this;
    }

    /** How many connections are open at most; 20 by default. */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** How many connections are kept open; 5 by default. */
    public Builder minConnections(int minConnections) {
      this.minConnections = minConnections;
      return this;
    }

    /** How many milliseconds a call waits for a connection; 5000 by default. */
    public Builder connectionTimeoutMs(long connectionTimeoutMs) {
      this.connectionTimeoutMs = connectionTimeoutMs;
      return this;
    }

    /** After how many milliseconds an unused connection is closed; 600000 by default. */
    public Builder idleTimeoutMs(long idleTimeoutMs) {
      this.idleTimeoutMs = idleTimeoutMs;
      return this;
    }

    /** After how many milliseconds a connection is replaced; 1800000 by default. */
    public Builder maxLifetimeMs(long maxLifetimeMs) {
      this.maxLifetimeMs = maxLifetimeMs;
      return this;
    }

    /** The schema that holds the tables; {@code tracing} by default. */
    public Builder schemaName(String schemaName) {
      this.schemaName = schemaName;
      return this;
    }

    /** Whether events are kept in partitions; true by default. */
    public Builder partitioning(boolean partitioning) {
      this.partitioning = partitioning;
      return this;
    }

    /** How much time a new partition covers; a day by default. */
    public Builder partitionInterval(PartitionInterval partitionInterval) {
      this.partitionInterval = partitionInterval;
      return this;
    }

    /** After how many days traces are removed; 0, the default, keeps all. */
    public Builder partitionRetentionDays(int partitionRetentionDays) {
      this.partitionRetentionDays = partitionRetentionDays;
      return this;
    }

    /** Whether missing partitions are made; true by default. */
    public Builder autoCreatePartitions(boolean autoCreatePartitions) {
      this.autoCreatePartitions = autoCreatePartitions;
      return this;
    }

    /** Adds an option for the driver, such as {@code sslmode}. */
    public Builder driverOption(String name, String value) {
      driverOptions.put(name, value);
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is not valid; it names the value
     */
    public PostgresConfig build() {
      return new PostgresConfig(
          hosts,
          database,
          user,
          password,
          maxConnections,
          minConnections,
          connectionTimeoutMs,
          idleTimeoutMs,
          maxLifetimeMs,
          schemaName,
          partitioning,
          partitionInterval,
          partitionRetentionDays,
          autoCreatePartitions,
          driverOptions);
    }
  }
}
