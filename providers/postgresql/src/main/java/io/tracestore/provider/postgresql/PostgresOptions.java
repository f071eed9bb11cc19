package io.tracestore.provider.postgresql;

import io.tracestore.spi.StoreOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.postgresql.PGProperty;

/** The options of {@code postgresql:} URIs, declared once. */
final class PostgresOptions {
  private static final long MAX_MILLIS = 7L * 24 * 3_600_000;

  static final StoreOption<Integer> MAX_CONNECTIONS =
      StoreOption.ofInt(
          "maxConnections",
          20,
          2,
          10_000,
          "How many connections are open at most, writers included.");
  static final StoreOption<Integer> MIN_CONNECTIONS =
      StoreOption.ofInt(
          "minConnections",
          5,
          0,
          10_000,
          "How many connections are kept open when nobody needs them.");
  static final StoreOption<Long> CONNECTION_TIMEOUT_MS =
      StoreOption.ofMillis(
          "connectionTimeoutMs",
          5_000,
          250,
          MAX_MILLIS,
          "How long a call waits for a connection, and tries again while the server is away.");
  static final StoreOption<Long> IDLE_TIMEOUT_MS =
      StoreOption.ofMillis(
          "idleTimeoutMs",
          600_000,
          0,
          MAX_MILLIS,
          "After what time a connection above minConnections that nobody needs is closed, at least 10s; 0 for never.");
  static final StoreOption<Long> MAX_LIFETIME_MS =
      StoreOption.ofMillis(
          "maxLifetimeMs",
          1_800_000,
          0,
          MAX_MILLIS,
          "After what time a connection is replaced by a new one, at least 30s; 0 for never.");
  static final StoreOption<String> SCHEMA_NAME =
      StoreOption.ofString(
          "schemaName",
          "tracing",
          "The schema that holds the tables, made if it is missing; one store in each.");
  static final StoreOption<Boolean> PARTITIONING =
      StoreOption.ofBoolean(
          "partitioning",
          true,
          "Whether events are kept in partitions by the start of their trace; it may be changed at any time.");
  static final StoreOption<PartitionInterval> PARTITION_INTERVAL =
      StoreOption.ofEnum(
          "partitionInterval",
          PartitionInterval.DAILY,
          "How much time a new partition covers; those that exist stay as they are.");
  static final StoreOption<Integer> PARTITION_RETENTION_DAYS =
      StoreOption.ofInt(
          "partitionRetentionDays",
          0,
          0,
          100_000,
          "Traces that started so many days ago are removed, whole partitions at once; 0 keeps all.");
  static final StoreOption<Boolean> AUTO_CREATE_PARTITIONS =
      StoreOption.ofBoolean(
          "autoCreatePartitions",
          true,
          "Whether partitions are made ahead and as traces need them; without it, what has none goes to the default partition.");

  static final List<StoreOption<?>> ALL =
      List.of(
          MAX_CONNECTIONS,
          MIN_CONNECTIONS,
          CONNECTION_TIMEOUT_MS,
          IDLE_TIMEOUT_MS,
          MAX_LIFETIME_MS,
          SCHEMA_NAME,
          PARTITIONING,
          PARTITION_INTERVAL,
          PARTITION_RETENTION_DAYS,
          AUTO_CREATE_PARTITIONS);

  /** What the body of a URI or the store itself says; given twice, one would be ignored. */
  private static final Set<PGProperty> OWN =
      Set.of(
          PGProperty.PG_HOST,
          PGProperty.PG_PORT,
          PGProperty.PG_DBNAME,
          PGProperty.CURRENT_SCHEMA,
          PGProperty.AUTOSAVE,
          PGProperty.READ_ONLY,
          PGProperty.REPLICATION,
          PGProperty.PREFER_QUERY_MODE,
          PGProperty.STRING_TYPE);

  /** The options of the driver that a URI may give. */
  static final List<String> OF_DRIVER =
      Arrays.stream(PGProperty.values())
          .filter(property -> !OWN.contains(property))
          .map(PGProperty::getName)
          .toList();

  private PostgresOptions() {}

  static <T> T defaultOf(StoreOption<T> option) {
    return Objects.requireNonNull(option.defaultValue());
  }
}
