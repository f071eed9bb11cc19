package io.tracestore.provider.postgresql;

import io.tracestore.provider.postgresql.connect.PostgresSettings;
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
 * The configuration of a {@code postgresql:} store, in code: {@code
 * PostgresConfig.of("traces").hosts("db:5432").user("app").open()}. An option that is not set has
 * the default of its constant. {@link #toString()} shows no secret.
 */
public final class PostgresConfig extends StoreConfig<PostgresConfig> {
  private static final long MAX_MILLIS = 7L * 24 * 3_600_000;
  private static final long MILLIS_OF_A_DAY = 24 * 3_600_000;

  /** The driver counts in whole seconds. */
  private static final long MIN_STATEMENT_TIMEOUT_MS = 1_000;

  public static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code maxConnections}. */
  public static final StoreOption<Integer> MAX_CONNECTIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxConnections",
              20,
              2,
              10_000,
              "How many connections are open at most, writers included."));

  /** The option {@code minConnections}. */
  public static final StoreOption<Integer> MIN_CONNECTIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "minConnections",
              5,
              0,
              10_000,
              "How many connections are kept open when nobody needs them."));

  /** The option {@code connectionTimeoutMs}. */
  public static final StoreOption<Long> CONNECTION_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "connectionTimeoutMs",
              5_000,
              250,
              MAX_MILLIS,
              "How long a call waits for a connection, and tries again while the server is away."));

  /** The option {@code statementTimeoutMs}. */
  public static final StoreOption<Long> STATEMENT_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "statementTimeoutMs",
              60_000,
              MIN_STATEMENT_TIMEOUT_MS,
              MAX_MILLIS,
              "After what time a statement of a call is ended in the server, and the call fails; it may take a second longer."));

  /** The option {@code maintenanceTimeoutMs}. */
  public static final StoreOption<Long> MAINTENANCE_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "maintenanceTimeoutMs",
              600_000,
              MIN_STATEMENT_TIMEOUT_MS,
              MAX_MILLIS,
              "The same for statements that remove traces or names, or renew statistics."));

  /** The option {@code idleTimeoutMs}. */
  public static final StoreOption<Long> IDLE_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "idleTimeoutMs",
              600_000,
              0,
              MAX_MILLIS,
              "After what time a connection above minConnections that nobody needs is closed, at least 10s; 0 for never."));

  /** The option {@code maxLifetimeMs}. */
  public static final StoreOption<Long> MAX_LIFETIME_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "maxLifetimeMs",
              1_800_000,
              0,
              MAX_MILLIS,
              "After what time a connection is replaced by a new one, at least 30s; 0 for never."));

  /** The option {@code schemaName}. */
  public static final StoreOption<String> SCHEMA_NAME =
      OPTIONS.add(
          StoreOption.ofString(
              "schemaName",
              "tracing",
              "The schema that holds the tables, made if it is missing; one store in each."));

  /** The option {@code partitioning}. */
  public static final StoreOption<Boolean> PARTITIONING =
      OPTIONS.add(
          StoreOption.ofBoolean(
              "partitioning",
              true,
              "Whether events are kept in partitions by the start of their trace; it may be changed at any time."));

  /** The option {@code partitionInterval}. */
  public static final StoreOption<PartitionInterval> PARTITION_INTERVAL =
      OPTIONS.add(
          StoreOption.ofEnum(
              "partitionInterval",
              PartitionInterval.DAILY,
              "How much time a new partition covers; those that exist stay as they are."));

  /** The option {@code retention}. */
  public static final StoreOption<Long> RETENTION =
      OPTIONS.add(
          StoreOption.ofMillis(
                  "retention",
                  0,
                  0,
                  100_000L * MILLIS_OF_A_DAY,
                  "Traces that started longer ago are removed in the background, whole partitions at once where it can be; 0 keeps all.")
              .withAlias(
                  StoreOption.ofInt("partitionRetentionDays", 0, 0, 100_000, "retention in days."),
                  days -> days * MILLIS_OF_A_DAY));

  /** The option {@code autoCreatePartitions}. */
  public static final StoreOption<Boolean> AUTO_CREATE_PARTITIONS =
      OPTIONS.add(
          StoreOption.ofBoolean(
              "autoCreatePartitions",
              true,
              "Whether partitions are made ahead and as traces need them; without it, traces that have none go to the default partition."));

  /** The option {@code create}. */
  public static final StoreOption<Boolean> CREATE =
      OPTIONS.add(StoreOption.ofBoolean("create", true, "Whether a missing schema is made."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private PostgresConfig(StoreUri uri) {
    super(new PostgresTraceStoreProvider(), uri);
  }

  /** {@code database} on a server on this machine, with the defaults. */
  public static PostgresConfig of(String database) {
    ServerAddress address = new ServerAddress(null, null, List.of("localhost"), database);
    return new PostgresConfig(
        StoreUri.of(PostgresTraceStoreProvider.SCHEME, address.rawBody(), Map.of()));
  }

  private ServerAddress address() {
    return ServerAddress.parse(toUri(), PostgresSettings.URI_SYNTAX);
  }

  /** The servers, each {@code NAME} or {@code NAME:PORT}, tried in this order. */
  public PostgresConfig hosts(String... hosts) {
    return withBody(address().withHosts(List.of(hosts)).rawBody());
  }

  /** Sets the user to log in as; by default the driver takes the user of this process. */
  public PostgresConfig user(String user) {
    return withBody(address().withUser(user).rawBody());
  }

  /** The password; without it, the one that the driver finds in {@code ~/.pgpass}. */
  public PostgresConfig password(String password) {
    return withBody(address().withPassword(password).rawBody());
  }

  /** How many connections are open at most. */
  public PostgresConfig maxConnections(int maxConnections) {
    return with(MAX_CONNECTIONS, maxConnections);
  }

  /** How many connections are kept open. */
  public PostgresConfig minConnections(int minConnections) {
    return with(MIN_CONNECTIONS, minConnections);
  }

  /** How many milliseconds a call waits for a connection. */
  public PostgresConfig connectionTimeoutMs(long connectionTimeoutMs) {
    return with(CONNECTION_TIMEOUT_MS, connectionTimeoutMs);
  }

  /** After how many milliseconds a statement of a call is ended. */
  public PostgresConfig statementTimeoutMs(long statementTimeoutMs) {
    return with(STATEMENT_TIMEOUT_MS, statementTimeoutMs);
  }

  /** The same for statements that remove traces or names, or renew statistics. */
  public PostgresConfig maintenanceTimeoutMs(long maintenanceTimeoutMs) {
    return with(MAINTENANCE_TIMEOUT_MS, maintenanceTimeoutMs);
  }

  /** After how many milliseconds an unused connection is closed. */
  public PostgresConfig idleTimeoutMs(long idleTimeoutMs) {
    return with(IDLE_TIMEOUT_MS, idleTimeoutMs);
  }

  /** After how many milliseconds a connection is replaced. */
  public PostgresConfig maxLifetimeMs(long maxLifetimeMs) {
    return with(MAX_LIFETIME_MS, maxLifetimeMs);
  }

  /** The schema that holds the tables. */
  public PostgresConfig schemaName(String schemaName) {
    return with(SCHEMA_NAME, schemaName);
  }

  /** Whether events are kept in partitions. */
  public PostgresConfig partitioning(boolean partitioning) {
    return with(PARTITIONING, partitioning);
  }

  /** How much time a new partition covers. */
  public PostgresConfig partitionInterval(PartitionInterval partitionInterval) {
    return with(PARTITION_INTERVAL, partitionInterval);
  }

  /** How long traces are kept after their start; zero keeps all. */
  public PostgresConfig retention(Duration retention) {
    return with(RETENTION, retention.toMillis());
  }

  /** Whether missing partitions are made. */
  public PostgresConfig autoCreatePartitions(boolean autoCreatePartitions) {
    return with(AUTO_CREATE_PARTITIONS, autoCreatePartitions);
  }

  /** Whether a missing schema is made. */
  public PostgresConfig create(boolean create) {
    return with(CREATE, create);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public PostgresConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  /**
   * Adds an option of the driver, such as {@code sslmode}.
   *
   * @throws IllegalArgumentException if the driver has no such option, or the store sets it
   */
  public PostgresConfig driverOption(String name, String value) {
    return withDriverOption(name, value);
  }

  @Override
  protected PostgresConfig withUri(StoreUri uri) {
    return new PostgresConfig(uri);
  }
}
