package io.tracestore.provider.redis;

import io.tracestore.spi.StoreOption;
import java.util.List;
import java.util.Objects;

/** The options of {@code redis:} URIs, declared once. */
final class RedisOptions {
  static final String NO_TTL = "none";
  static final int MAX_PARTITIONS = 4096;

  static final StoreOption<String> KEY_PREFIX =
      StoreOption.ofString(
          "keyPrefix",
          "tracestore",
          "What the names of all keys begin with; not empty, no braces.");
  static final StoreOption<String> TTL =
      StoreOption.ofString(
          "ttl",
          "1h",
          "How long a trace is kept after its last write (milliseconds, or with a unit such as 7d), or none.");
  static final StoreOption<ClusterMode> CLUSTER =
      StoreOption.ofEnum(
          "cluster",
          ClusterMode.AUTO,
          "Whether the servers are a Redis Cluster; AUTO asks the first.");
  static final StoreOption<Integer> PARTITIONS =
      StoreOption.ofInt(
          "partitions",
          0,
          0,
          MAX_PARTITIONS,
          "Into how many hash slots new data is spread; 0 means 64 in a cluster and 1 elsewhere. Existing data keeps its number.");
  static final StoreOption<String> SENTINEL_MASTER =
      StoreOption.ofString(
          "sentinelMaster", "mymaster", "The name of the primary; only redis-sentinel:.");
  static final StoreOption<String> SENTINEL_PASSWORD =
      StoreOption.ofString(
              "sentinelPassword", null, "The password of the sentinels; only redis-sentinel:.")
          .asSecret();
  static final StoreOption<Long> CONNECT_TIMEOUT_MS =
      StoreOption.ofMillis(
          "connectTimeoutMs", 5_000, 1, 3_600_000, "How long to wait for a connection.");
  static final StoreOption<Long> TIMEOUT_MS =
      StoreOption.ofMillis(
          "timeoutMs",
          10_000,
          1,
          3_600_000,
          "How long to wait for an answer, reconnecting and redirections included.");
  static final StoreOption<Integer> CONNECTIONS =
      StoreOption.ofInt(
          "connections",
          2,
          1,
          64,
          "How many connections (to each node of a cluster) all threads share; more help only with large traces.");
  static final StoreOption<Integer> MAX_IN_FLIGHT =
      StoreOption.ofInt(
          "maxInFlight",
          1_024,
          1,
          1 << 20,
          "How many commands may be unanswered at once; further callers wait.");
  static final StoreOption<TlsVerify> TLS_VERIFY =
      StoreOption.ofEnum(
          "tlsVerify",
          TlsVerify.FULL,
          "What is checked of the server's certificate; only rediss:.");
  static final StoreOption<String> TLS_CA =
      StoreOption.ofString(
          "tlsCa",
          null,
          "A PEM file with the authorities to trust in place of the JVM's; only with TLS.");
  static final StoreOption<String> TLS_CERT =
      StoreOption.ofString(
          "tlsCert", null, "A PEM file with this client's certificate; needs tlsKey.");
  static final StoreOption<String> TLS_KEY =
      StoreOption.ofString(
          "tlsKey", null, "A PEM file with this client's private key (PKCS 8); needs tlsCert.");
  static final StoreOption<Boolean> TLS =
      StoreOption.ofBoolean("tls", false, "Whether to use TLS; rediss: always does.");

  static final List<StoreOption<?>> ALL =
      List.of(
          KEY_PREFIX,
          TTL,
          CLUSTER,
          PARTITIONS,
          SENTINEL_MASTER,
          SENTINEL_PASSWORD,
          CONNECT_TIMEOUT_MS,
          TIMEOUT_MS,
          CONNECTIONS,
          MAX_IN_FLIGHT,
          TLS,
          TLS_VERIFY,
          TLS_CA,
          TLS_CERT,
          TLS_KEY);

  /** Reads and writes the times that {@link #TTL} takes. */
  private static final StoreOption<Long> TTL_MILLIS =
      StoreOption.ofMillis(TTL.name(), 1, 1, 100L * 365 * 24 * 3_600_000, TTL.doc());

  private RedisOptions() {}

  /** Milliseconds; 0 for none. */
  static long parseTtl(String text) {
    return text.equals(NO_TTL) ? 0 : TTL_MILLIS.parse(text);
  }

  static long checkTtl(long millis) {
    return TTL_MILLIS.check(millis);
  }

  static <T> T defaultOf(StoreOption<T> option) {
    return Objects.requireNonNull(option.defaultValue());
  }
}
