package io.tracestore.provider.clickhouse;

import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.provider.support.ServerAddress;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.config.StoreConfig;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptionList;
import io.tracestore.spi.config.StoreUri;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a {@code clickhouse:} store, in code: {@code
 * ClickHouseConfig.of().hosts("ch:8123").open()}. An option that is not set has the default of its
 * constant. {@link #toString()} shows no secret.
 */
public final class ClickHouseConfig extends StoreConfig<ClickHouseConfig> {
  private static final long MAX_MILLIS = 7L * 24 * 3_600_000;
  private static final long MILLIS_OF_A_DAY = 24 * 3_600_000;

  static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code database}. */
  public static final StoreOption<String> DATABASE =
      OPTIONS.add(
          StoreOption.ofString(
              "database",
              "tracing",
              "The database that holds the tables, made if it is missing; the path of the URI says the same."));

  /** The option {@code tls}. */
  public static final StoreOption<Boolean> TLS =
      OPTIONS.add(
          StoreOption.ofBoolean(
                  "tls",
                  false,
                  "Whether to speak HTTPS; clickhouses: says the same, and port 8443 then is the default.")
              .withAlias(StoreOption.ofBoolean("ssl", false, "tls."), ssl -> ssl));

  /** The option {@code tlsCa}. */
  public static final StoreOption<String> TLS_CA =
      OPTIONS.add(
          StoreOption.ofString(
              "tlsCa",
              null,
              "A PEM file with the authorities to trust in place of the JVM's; only with TLS."));

  /** The option {@code accessToken}. */
  public static final StoreOption<String> ACCESS_TOKEN =
      OPTIONS.add(
          StoreOption.ofString(
                  "accessToken", null, "A token to log in with, instead of user and password.")
              .asSecret());

  /** The option {@code cluster}. */
  public static final StoreOption<String> CLUSTER =
      OPTIONS.add(
          StoreOption.ofString(
              "cluster",
              null,
              "The cluster, as the servers' configuration names it, on which tables are made: replicated, and sharded by trace."));

  /** The option {@code compression}. */
  public static final StoreOption<Compression> COMPRESSION =
      OPTIONS.add(
          StoreOption.ofEnum(
              "compression",
              Compression.LZ4,
              "How data are compressed between here and the server."));

  /** The option {@code batchSize}. */
  public static final StoreOption<Integer> BATCH_SIZE =
      OPTIONS.add(
          StoreOption.ofInt(
              "batchSize",
              10_000,
              1,
              1_000_000,
              "How many events go into one block at most; a trace is never split."));

  /** The option {@code flushIntervalMs}. */
  public static final StoreOption<Long> FLUSH_INTERVAL_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "flushIntervalMs",
              5_000,
              0,
              MAX_MILLIS,
              "The longest time that an item in an asynchronous writer waits for others; it limits the writer's own maxDelay. Other callers never wait."));

  /** The option {@code maxConnections}. */
  public static final StoreOption<Integer> MAX_CONNECTIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxConnections",
              20,
              3,
              10_000,
              "How many requests are made at once at most, two for writing included."));

  /** The option {@code connectionTimeoutMs}. */
  public static final StoreOption<Long> CONNECTION_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "connectionTimeoutMs",
              5_000,
              250,
              MAX_MILLIS,
              "How long to wait for a connection, and how long to try again while the servers are away."));

  /** The option {@code maxMemoryUsage}. */
  public static final StoreOption<Long> MAX_MEMORY_USAGE =
      OPTIONS.add(
          StoreOption.ofLong(
              "maxMemoryUsage",
              1_000_000_000,
              10_000_000,
              Long.MAX_VALUE,
              "How many bytes one query may use in the server."));

  /** The option {@code maxExecutionTimeMs}. */
  public static final StoreOption<Long> MAX_EXECUTION_TIME_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "maxExecutionTimeMs",
              300_000,
              1,
              MAX_MILLIS,
              "How long one query or insert may take."));

  /** The option {@code retention}. */
  public static final StoreOption<Long> RETENTION =
      OPTIONS.add(
          StoreOption.ofMillis(
                  "retention",
                  0,
                  36_500L * MILLIS_OF_A_DAY,
                  "The server removes traces that started longer ago, a day's at once; days are rounded up. 0 keeps all; without it the server's retention stays as it is.")
              .withAlias(
                  StoreOption.ofInt("retentionDays", 0, 0, 36_500, "retention in days."),
                  days -> days * MILLIS_OF_A_DAY));

  /** The option {@code rollups}. */
  public static final StoreOption<Rollups> ROLLUPS =
      OPTIONS.add(
          StoreOption.ofEnum(
              "rollups",
              Rollups.NONE,
              "In what steps of time the server keeps sums of the events, from which metrics over many events are answered sooner."));

  /** The option {@code create}. */
  public static final StoreOption<Boolean> CREATE =
      OPTIONS.add(StoreOption.ofBoolean("create", true, "Whether missing tables are made."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private ClickHouseConfig(StoreUri uri) {
    super(new ClickHouseTraceStoreProvider(), uri);
  }

  /** A server on this machine, with the defaults. */
  public static ClickHouseConfig of() {
    ServerAddress address = new ServerAddress(null, null, List.of("localhost"), null);
    return new ClickHouseConfig(
        StoreUri.of(ClickHouseTraceStoreProvider.SCHEME, address.rawBody(), Map.of()));
  }

  private ServerAddress address() {
    return ServerAddress.parse(toUri(), ClickHouseSettings.URI_SYNTAX);
  }

  /** The database that holds the tables. */
  public ClickHouseConfig database(String database) {
    return with(DATABASE, database);
  }

  /**
   * The servers with the same data, each {@code NAME} or {@code NAME:PORT}, tried in this order.
   */
  public ClickHouseConfig hosts(String... hosts) {
    return withBody(address().withHosts(List.of(hosts)).rawBody());
  }

  /** Whom to log in as; without it, the server's default user. */
  public ClickHouseConfig user(String user) {
    return withBody(address().withUser(user).rawBody());
  }

  /** The password; none by default. */
  public ClickHouseConfig password(String password) {
    return withBody(address().withPassword(password).rawBody());
  }

  /** Whether to speak HTTPS. */
  public ClickHouseConfig tls(boolean tls) {
    return with(TLS, tls);
  }

  /** A PEM file with the authorities to trust in place of the JVM's. */
  public ClickHouseConfig tlsCa(String tlsCa) {
    return with(TLS_CA, tlsCa);
  }

  /** Sets the token to log in with instead of user and password. */
  public ClickHouseConfig accessToken(String accessToken) {
    return with(ACCESS_TOKEN, accessToken);
  }

  /** The cluster on which tables are made. */
  public ClickHouseConfig cluster(String cluster) {
    return with(CLUSTER, cluster);
  }

  /** Sets the compression of requests and answers. */
  public ClickHouseConfig compression(Compression compression) {
    return with(COMPRESSION, compression);
  }

  /** How many events go into one block at most. */
  public ClickHouseConfig batchSize(int batchSize) {
    return with(BATCH_SIZE, batchSize);
  }

  /** Sets the longest time, in milliseconds, that an item in a writer waits for others. */
  public ClickHouseConfig flushIntervalMs(long flushIntervalMs) {
    return with(FLUSH_INTERVAL_MS, flushIntervalMs);
  }

  /** How many requests are made at once at most. */
  public ClickHouseConfig maxConnections(int maxConnections) {
    return with(MAX_CONNECTIONS, maxConnections);
  }

  /** How many milliseconds to wait for a connection. */
  public ClickHouseConfig connectionTimeoutMs(long connectionTimeoutMs) {
    return with(CONNECTION_TIMEOUT_MS, connectionTimeoutMs);
  }

  /** How many bytes one query may use in the server. */
  public ClickHouseConfig maxMemoryUsage(long maxMemoryUsage) {
    return with(MAX_MEMORY_USAGE, maxMemoryUsage);
  }

  /** How many milliseconds one query or insert may take. */
  public ClickHouseConfig maxExecutionTimeMs(long maxExecutionTimeMs) {
    return with(MAX_EXECUTION_TIME_MS, maxExecutionTimeMs);
  }

  /** How long the server keeps traces after their start; zero keeps all. */
  public ClickHouseConfig retention(Duration retention) {
    return with(RETENTION, retention.toMillis());
  }

  /** Sets the steps of time in which the server keeps sums of the events. */
  public ClickHouseConfig rollups(Rollups rollups) {
    return with(ROLLUPS, rollups);
  }

  /** Whether missing tables are made. */
  public ClickHouseConfig create(boolean create) {
    return with(CREATE, create);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public ClickHouseConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  @Override
  protected ClickHouseConfig withUri(StoreUri uri) {
    return new ClickHouseConfig(uri);
  }
}
