package io.tracestore.provider.clickhouse;

import io.tracestore.spi.StoreOption;
import java.util.List;
import java.util.Objects;

/** The options of {@code clickhouse:} URIs, declared once. */
final class ClickHouseOptions {
  private static final long MAX_MILLIS = 7L * 24 * 3_600_000;

  static final StoreOption<String> DATABASE =
      StoreOption.ofString(
          "database",
          "tracing",
          "The database that holds the tables, made if it is missing; the path of the URI says the same.");
  static final StoreOption<Boolean> SSL =
      StoreOption.ofBoolean(
          "ssl",
          false,
          "Whether to speak HTTPS; clickhouses: says the same, and port 8443 then is the default.");
  static final StoreOption<String> SSL_ROOT_CERT =
      StoreOption.ofString(
          "sslRootCert", null, "A PEM file with the certificates to trust instead of the JVM's.");
  static final StoreOption<String> ACCESS_TOKEN =
      StoreOption.ofString(
              "accessToken", null, "A token to log in with, instead of user and password.")
          .asSecret();
  static final StoreOption<String> CLUSTER =
      StoreOption.ofString(
          "cluster",
          null,
          "The cluster, as the servers' configuration names it, on which tables are made: replicated, and sharded by trace.");
  static final StoreOption<Compression> COMPRESSION =
      StoreOption.ofEnum(
          "compression", Compression.LZ4, "How data are compressed between here and the server.");
  static final StoreOption<Integer> BATCH_SIZE =
      StoreOption.ofInt(
          "batchSize",
          10_000,
          1,
          1_000_000,
          "How many events go into one block at most; a trace is never split.");
  static final StoreOption<Long> FLUSH_INTERVAL_MS =
      StoreOption.ofMillis(
          "flushIntervalMs",
          5_000,
          0,
          MAX_MILLIS,
          "How long what an asynchronous writer has taken waits for more at most, whatever the writer's own options say; other callers never wait.");
  static final StoreOption<Integer> MAX_CONNECTIONS =
      StoreOption.ofInt(
          "maxConnections",
          20,
          3,
          10_000,
          "How many requests are made at once at most, two for writing included.");
  static final StoreOption<Long> CONNECTION_TIMEOUT_MS =
      StoreOption.ofMillis(
          "connectionTimeoutMs",
          5_000,
          250,
          MAX_MILLIS,
          "How long to wait for a connection, and how long to try again while the servers are away.");
  static final StoreOption<Long> MAX_MEMORY_USAGE =
      StoreOption.ofLong(
          "maxMemoryUsage",
          1_000_000_000,
          10_000_000,
          Long.MAX_VALUE,
          "How many bytes one query may use in the server.");
  static final StoreOption<Long> MAX_EXECUTION_TIME_MS =
      StoreOption.ofMillis(
          "maxExecutionTimeMs", 300_000, 1, MAX_MILLIS, "How long one query or insert may take.");
  static final StoreOption<Integer> RETENTION_DAYS =
      StoreOption.ofInt(
          "retentionDays",
          0,
          0,
          36_500,
          "The server removes traces that started so many days ago, a day's at once; 0 keeps all.");
  static final StoreOption<Rollups> ROLLUPS =
      StoreOption.ofEnum(
          "rollups",
          Rollups.NONE,
          "In what steps of time the server keeps sums of the events, from which metrics over many events are answered sooner.");

  static final List<StoreOption<?>> ALL =
      List.of(
          DATABASE,
          SSL,
          SSL_ROOT_CERT,
          ACCESS_TOKEN,
          CLUSTER,
          COMPRESSION,
          BATCH_SIZE,
          FLUSH_INTERVAL_MS,
          MAX_CONNECTIONS,
          CONNECTION_TIMEOUT_MS,
          MAX_MEMORY_USAGE,
          MAX_EXECUTION_TIME_MS,
          RETENTION_DAYS,
          ROLLUPS);

  private ClickHouseOptions() {}

  static <T> T defaultOf(StoreOption<T> option) {
    return Objects.requireNonNull(option.defaultValue());
  }
}
