package io.tracestore.provider.clickhouse;

import io.tracestore.provider.support.ServerAddress;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code clickhouse:} store is opened: the same as a URI says, as values. {@link #toString()}
 * shows no secret.
 *
 * @param hosts {@code NAME} or {@code NAME:PORT} of one or more servers with the same data, tried
 *     in this order
 * @param database the database that holds the tables: a letter or {@code _}, then letters, digits
 *     and {@code _}
 * @param user whom to log in as; null for the server's default user
 * @param password null for none
 * @param accessToken what to log in with instead; null for none
 * @param ssl whether to speak HTTPS
 * @param sslRootCert a PEM file with the certificates to trust; null for the JVM's
 * @param cluster the cluster on which tables are made; null for one server
 * @param compression how data are compressed on the way
 * @param batchSize how many events go into one block at most
 * @param flushIntervalMs how many milliseconds what a {@link io.tracestore.spi.TraceWriter} has
 *     taken waits for more at most, whatever its options say; a caller of the store itself never
 *     waits
 * @param maxConnections how many requests are made at once at most, at least 3
 * @param connectionTimeoutMs how many milliseconds to wait for a connection, and to try again while
 *     the servers are away
 * @param maxMemoryUsage how many bytes one query may use in the server
 * @param maxExecutionTimeMs how many milliseconds one query or insert may take
 * @param retentionDays after how many days traces are removed; 0 for never
 * @param rollups in what steps of time the server keeps sums of the events
 */
public record ClickHouseConfig(
    List<String> hosts,
    String database,
    @Nullable String user,
    @Nullable String password,
    @Nullable String accessToken,
    boolean ssl,
    @Nullable String sslRootCert,
    @Nullable String cluster,
    Compression compression,
    int batchSize,
    long flushIntervalMs,
    int maxConnections,
    long connectionTimeoutMs,
    long maxMemoryUsage,
    long maxExecutionTimeMs,
    int retentionDays,
    Rollups rollups) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,128}");
  private static final int HTTP_PORT = 8123;
  private static final int HTTPS_PORT = 8443;

  public ClickHouseConfig {
    hosts = List.copyOf(hosts);
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hosts must name a server");
    }
    hosts.forEach(host -> ServerAddress.withPort(host, HTTP_PORT));
    if (!NAME.matcher(Objects.requireNonNull(database, "database")).matches()) {
      throw new IllegalArgumentException(
          "database must be a letter or _, then letters, digits and _: '" + database + "'");
    }
    if (accessToken != null && (user != null || password != null)) {
      throw new IllegalArgumentException("accessToken does not go with user and password");
    }
    if (sslRootCert != null && !ssl) {
      throw new IllegalArgumentException("sslRootCert needs ssl=true");
    }
    if (cluster != null && !CLUSTER_NAME.matcher(cluster).matches()) {
      throw new IllegalArgumentException(
          "cluster must be made of letters, digits, '_', '.' and '-': '" + cluster + "'");
    }
    Objects.requireNonNull(compression, "compression");
    ClickHouseOptions.BATCH_SIZE.check(batchSize);
    ClickHouseOptions.FLUSH_INTERVAL_MS.check(flushIntervalMs);
    ClickHouseOptions.MAX_CONNECTIONS.check(maxConnections);
    ClickHouseOptions.CONNECTION_TIMEOUT_MS.check(connectionTimeoutMs);
    ClickHouseOptions.MAX_MEMORY_USAGE.check(maxMemoryUsage);
    ClickHouseOptions.MAX_EXECUTION_TIME_MS.check(maxExecutionTimeMs);
    ClickHouseOptions.RETENTION_DAYS.check(retentionDays);
    Objects.requireNonNull(rollups, "rollups");
  }

  /** A builder for a server on this machine, with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code clickhouse://user:password@host:port,host2:port/database}, with options
   * @throws StoreConfigurationException if it has an unknown option or a wrong value
   */
  public static ClickHouseConfig fromUri(StoreUri uri) {
    return fromUri(uri, StoreOptions.of(uri, ClickHouseOptions.ALL));
  }

  static ClickHouseConfig fromUri(StoreUri uri, StoreOptions options) {
    ServerAddress address = ServerAddress.parse(uri, ClickHouseTraceStoreProvider.URI_SYNTAX);
    try {
      return new ClickHouseConfig(
          address.hosts(),
          database(address, options),
          address.user(),
          address.password(),
          options.find(ClickHouseOptions.ACCESS_TOKEN).orElse(null),
          ssl(uri, options),
          options.find(ClickHouseOptions.SSL_ROOT_CERT).orElse(null),
          options.find(ClickHouseOptions.CLUSTER).orElse(null),
          options.get(ClickHouseOptions.COMPRESSION),
          options.get(ClickHouseOptions.BATCH_SIZE),
          options.get(ClickHouseOptions.FLUSH_INTERVAL_MS),
          options.get(ClickHouseOptions.MAX_CONNECTIONS),
          options.get(ClickHouseOptions.CONNECTION_TIMEOUT_MS),
          options.get(ClickHouseOptions.MAX_MEMORY_USAGE),
          options.get(ClickHouseOptions.MAX_EXECUTION_TIME_MS),
          options.get(ClickHouseOptions.RETENTION_DAYS),
          options.get(ClickHouseOptions.ROLLUPS));
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static String database(ServerAddress address, StoreOptions options) {
    String inPath = address.database();
    String option = options.get(ClickHouseOptions.DATABASE);
    if (inPath == null) {
      return option;
    }
    if (options.isSet(ClickHouseOptions.DATABASE) && !option.equals(inPath)) {
      throw new IllegalArgumentException(
          "the path names database '%s' and the option '%s'".formatted(inPath, option));
    }
    return inPath;
  }

  private static boolean ssl(StoreUri uri, StoreOptions options) {
    boolean option = options.get(ClickHouseOptions.SSL);
    boolean byScheme = uri.scheme().endsWith(ClickHouseTraceStoreProvider.SECURE_SCHEME);
    if (byScheme && options.isSet(ClickHouseOptions.SSL) && !option) {
      throw new IllegalArgumentException("clickhouses: does not go with ssl=false");
    }
    return byScheme || option;
  }

  /** The servers' addresses, such as {@code http://localhost:8123}. */
  List<String> endpoints() {
    String scheme = ssl ? "https://" : "http://";
    return hosts.stream()
        .map(host -> scheme + ServerAddress.withPort(host, ssl ? HTTPS_PORT : HTTP_PORT))
        .toList();
  }

  /** The URI that describes this config; options that have their default are left out. */
  public StoreUri toUri() {
    Map<String, String> options = new LinkedHashMap<>();
    addTo(options, ClickHouseOptions.SSL, ssl);
    addTo(options, ClickHouseOptions.SSL_ROOT_CERT, sslRootCert);
    addTo(options, ClickHouseOptions.ACCESS_TOKEN, accessToken);
    addTo(options, ClickHouseOptions.CLUSTER, cluster);
    addTo(options, ClickHouseOptions.COMPRESSION, compression);
    addTo(options, ClickHouseOptions.BATCH_SIZE, batchSize);
    addTo(options, ClickHouseOptions.FLUSH_INTERVAL_MS, flushIntervalMs);
    addTo(options, ClickHouseOptions.MAX_CONNECTIONS, maxConnections);
    addTo(options, ClickHouseOptions.CONNECTION_TIMEOUT_MS, connectionTimeoutMs);
    addTo(options, ClickHouseOptions.MAX_MEMORY_USAGE, maxMemoryUsage);
    addTo(options, ClickHouseOptions.MAX_EXECUTION_TIME_MS, maxExecutionTimeMs);
    addTo(options, ClickHouseOptions.RETENTION_DAYS, retentionDays);
    addTo(options, ClickHouseOptions.ROLLUPS, rollups);
    return StoreUri.of(ClickHouseTraceStoreProvider.SCHEME, rawBody(), options);
  }

  private static <T> void addTo(
      Map<String, String> options, StoreOption<T> option, @Nullable T value) {
    if (value != null && !value.equals(option.defaultValue())) {
      options.put(option.name(), option.format(value));
    }
  }

  private String rawBody() {
    StringBuilder body = new StringBuilder("//");
    if (user != null || password != null) {
      body.append(user == null ? "" : StoreUri.percentEncode(user));
      body.append(password == null ? "" : ":" + StoreUri.percentEncode(password)).append('@');
    }
    return body.append(String.join(",", hosts)).append('/').append(database).toString();
  }

  /** The URI, without secrets. */
  @Override
  public String toString() {
    return toUri().toString();
  }

  /** Builds a {@link ClickHouseConfig}; not safe for several threads. */
  public static final class Builder {
    private List<String> hosts = List.of("localhost");
    private String database = ClickHouseOptions.defaultOf(ClickHouseOptions.DATABASE);
    private @Nullable String user;
    private @Nullable String password;
    private @Nullable String accessToken;
    private boolean ssl;
    private @Nullable String sslRootCert;
    private @Nullable String cluster;
    private Compression compression = ClickHouseOptions.defaultOf(ClickHouseOptions.COMPRESSION);
    private int batchSize = ClickHouseOptions.defaultOf(ClickHouseOptions.BATCH_SIZE);
    private long flushIntervalMs = ClickHouseOptions.defaultOf(ClickHouseOptions.FLUSH_INTERVAL_MS);
    private int maxConnections = ClickHouseOptions.defaultOf(ClickHouseOptions.MAX_CONNECTIONS);
    private long connectionTimeoutMs =
        ClickHouseOptions.defaultOf(ClickHouseOptions.CONNECTION_TIMEOUT_MS);
    private long maxMemoryUsage = ClickHouseOptions.defaultOf(ClickHouseOptions.MAX_MEMORY_USAGE);
    private long maxExecutionTimeMs =
        ClickHouseOptions.defaultOf(ClickHouseOptions.MAX_EXECUTION_TIME_MS);
    private int retentionDays = ClickHouseOptions.defaultOf(ClickHouseOptions.RETENTION_DAYS);
    private Rollups rollups = ClickHouseOptions.defaultOf(ClickHouseOptions.ROLLUPS);

    private Builder() {}

    /** The servers, each {@code NAME} or {@code NAME:PORT}; {@code localhost} by default. */
    public Builder hosts(String... hosts) {
      this.hosts = List.of(hosts);
      return this;
    }

    /** The database; {@code tracing} by default. */
    public Builder database(String database) {
      this.database = database;
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

    /** What to log in with instead of user and password. */
    public Builder accessToken(@Nullable String accessToken) {
      this.accessToken = accessToken;
      return this;
    }

    /** Whether to speak HTTPS; false by default. */
    public Builder ssl(boolean ssl) {
      this.ssl = ssl;
      return this;
    }

    /** A PEM file with the certificates to trust; the JVM's by default. */
    public Builder sslRootCert(@Nullable String sslRootCert) {
      this.sslRootCert = sslRootCert;
      return this;
    }

    /** The cluster on which tables are made; none by default. */
    public Builder cluster(@Nullable String cluster) {
      this.cluster = cluster;
      return this;
    }

    /** How data are compressed on the way; LZ4 by default. */
    public Builder compression(Compression compression) {
      this.compression = compression;
      return this;
    }

    /** How many events go into one block at most; 10000 by default. */
    public Builder batchSize(int batchSize) {
      this.batchSize = batchSize;
      return this;
    }

    /** How many milliseconds what a writer has taken waits at most; 5000 by default. */
    public Builder flushIntervalMs(long flushIntervalMs) {
      this.flushIntervalMs = flushIntervalMs;
      return this;
    }

    /** How many requests are made at once at most; 20 by default. */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** How many milliseconds to wait for a connection; 5000 by default. */
    public Builder connectionTimeoutMs(long connectionTimeoutMs) {
      this.connectionTimeoutMs = connectionTimeoutMs;
      return this;
    }

    /** How many bytes one query may use in the server; 1000000000 by default. */
    public Builder maxMemoryUsage(long maxMemoryUsage) {
      this.maxMemoryUsage = maxMemoryUsage;
      return this;
    }

    /** How many milliseconds one query or insert may take; 300000 by default. */
    public Builder maxExecutionTimeMs(long maxExecutionTimeMs) {
      this.maxExecutionTimeMs = maxExecutionTimeMs;
      return this;
    }

    /** After how many days traces are removed; 0, the default, for never. */
    public Builder retentionDays(int retentionDays) {
      this.retentionDays = retentionDays;
      return this;
    }

    /** In what steps of time the server keeps sums of the events; none by default. */
    public Builder rollups(Rollups rollups) {
      this.rollups = rollups;
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is not valid; it names the value
     */
    public ClickHouseConfig build() {
      return new ClickHouseConfig(
          hosts,
          database,
          user,
          password,
          accessToken,
          ssl,
          sslRootCert,
          cluster,
          compression,
          batchSize,
          flushIntervalMs,
          maxConnections,
          connectionTimeoutMs,
          maxMemoryUsage,
          maxExecutionTimeMs,
          retentionDays,
          rollups);
    }
  }
}
