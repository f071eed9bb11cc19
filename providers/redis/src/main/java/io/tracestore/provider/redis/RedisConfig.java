package io.tracestore.provider.redis;

import io.tracestore.provider.redis.connect.RedisSettings;
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
 * The configuration of a {@code redis:} store, in code: {@code
 * RedisConfig.of("localhost:6379").ttl(Duration.ofDays(7)).open()}. An option that is not set has
 * the default of its constant. {@link #toString()} shows no secret.
 */
public final class RedisConfig extends StoreConfig<RedisConfig> {
  private static final int MAX_PARTITIONS = 4096;

  public static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code keyPrefix}. */
  public static final StoreOption<String> KEY_PREFIX =
      OPTIONS.add(
          StoreOption.ofString(
              "keyPrefix",
              "tracestore",
              "What the names of all keys begin with; not empty, no braces."));

  /** The option {@code ttl}. */
  public static final StoreOption<String> TTL =
      OPTIONS.add(
          StoreOption.ofString(
              "ttl",
              "1h",
              "How long a trace is kept after its last write (milliseconds, or with a unit such as 7d), or none. The default drops a trace after an hour."));

  /** The option {@code cluster}. */
  public static final StoreOption<ClusterMode> CLUSTER =
      OPTIONS.add(
          StoreOption.ofEnum(
              "cluster",
              ClusterMode.AUTO,
              "Whether the servers are a Redis Cluster; AUTO asks the first."));

  /** The option {@code partitions}. */
  public static final StoreOption<Integer> PARTITIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "partitions",
              0,
              0,
              MAX_PARTITIONS,
              "Into how many hash slots new data is spread; 0 means 64 in a cluster and 1 elsewhere. Existing data keeps its number."));

  /** The option {@code create}. */
  public static final StoreOption<Boolean> CREATE =
      OPTIONS.add(
          StoreOption.ofBoolean(
              "create", true, "Whether to make a store where there is none; false fails instead."));

  /** The option {@code sentinelMaster}. */
  public static final StoreOption<String> SENTINEL_MASTER =
      OPTIONS.add(
          StoreOption.ofString(
              "sentinelMaster", "mymaster", "The name of the primary; only redis-sentinel:."));

  /** The option {@code sentinelPassword}. */
  public static final StoreOption<String> SENTINEL_PASSWORD =
      OPTIONS.add(
          StoreOption.ofString(
                  "sentinelPassword", null, "The password of the sentinels; only redis-sentinel:.")
              .asSecret());

  /** The option {@code connectionTimeoutMs}. */
  public static final StoreOption<Long> CONNECTION_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "connectionTimeoutMs", 5_000, 1, 3_600_000, "How long to wait for a connection."));

  /** The option {@code timeoutMs}. */
  public static final StoreOption<Long> TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "timeoutMs",
              10_000,
              1,
              3_600_000,
              "How long to wait for an answer, reconnecting and redirections included."));

  /** The option {@code maxConnections}. */
  public static final StoreOption<Integer> MAX_CONNECTIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxConnections",
              2,
              1,
              64,
              "How many connections (to each node of a cluster) all threads share; more help only with large traces."));

  /** The option {@code maxInFlight}. */
  public static final StoreOption<Integer> MAX_IN_FLIGHT =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxInFlight",
              1_024,
              1,
              1 << 20,
              "How many commands may be unanswered at once; further callers wait."));

  /** The option {@code tlsVerify}. */
  public static final StoreOption<TlsVerify> TLS_VERIFY =
      OPTIONS.add(
          StoreOption.ofEnum(
              "tlsVerify",
              TlsVerify.FULL,
              "How the server's certificate is checked; only rediss:."));

  /** The option {@code tlsCa}. */
  public static final StoreOption<String> TLS_CA =
      OPTIONS.add(
          StoreOption.ofString(
              "tlsCa",
              null,
              "A PEM file with the authorities to trust in place of the JVM's; only with TLS."));

  /** The option {@code tlsCert}. */
  public static final StoreOption<String> TLS_CERT =
      OPTIONS.add(
          StoreOption.ofString(
              "tlsCert", null, "A PEM file with this client's certificate; needs tlsKey."));

  /** The option {@code tlsKey}. */
  public static final StoreOption<String> TLS_KEY =
      OPTIONS.add(
          StoreOption.ofString(
              "tlsKey",
              null,
              "A PEM file with this client's private key (PKCS 8); needs tlsCert."));

  /** The option {@code tls}. */
  public static final StoreOption<Boolean> TLS =
      OPTIONS.add(StoreOption.ofBoolean("tls", false, "Whether to use TLS; rediss: always does."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private RedisConfig(StoreUri uri) {
    super(new RedisTraceStoreProvider(), uri);
  }

  /**
   * The server, some nodes of a cluster, or the sentinels at {@code hosts}, each {@code NAME} or
   * {@code NAME:PORT}, with the defaults.
   */
  public static RedisConfig of(String... hosts) {
    ServerAddress address = new ServerAddress(null, null, List.of(hosts), null);
    return new RedisConfig(StoreUri.of(RedisSettings.REDIS, address.rawBody(), Map.of()));
  }

  private ServerAddress address() {
    return ServerAddress.parse(toUri(), RedisSettings.SYNTAX);
  }

  /** The number of the database; 0 in a cluster. */
  public RedisConfig database(int database) {
    if (database < 0) {
      throw new IllegalArgumentException("database must not be negative: " + database);
    }
    return withBody(address().withDatabase(String.valueOf(database)).rawBody());
  }

  /** The ACL user and its password. */
  public RedisConfig user(String user, String password) {
    return withBody(address().withUser(user).withPassword(password).rawBody());
  }

  /** The password of the default user. */
  public RedisConfig password(String password) {
    return withBody(address().withPassword(password).rawBody());
  }

  /** Sets the beginning of the names of all keys. */
  public RedisConfig keyPrefix(String keyPrefix) {
    return with(KEY_PREFIX, keyPrefix);
  }

  /** How long a trace is kept after its last write; zero for ever. */
  public RedisConfig ttl(Duration ttl) {
    return with(TTL, ttl.isZero() ? RedisSettings.NO_TTL : String.valueOf(ttl.toMillis()));
  }

  /** Whether the servers are a cluster; by default the first is asked. */
  public RedisConfig cluster(ClusterMode cluster) {
    return with(CLUSTER, cluster);
  }

  /** Into how many hash slots new data is spread. */
  public RedisConfig partitions(int partitions) {
    return with(PARTITIONS, partitions);
  }

  /** Whether to make a store where there is none. */
  public RedisConfig create(boolean create) {
    return with(CREATE, create);
  }

  /** Sets that the hosts are sentinels, and the name by which they know the primary. */
  public RedisConfig sentinelMaster(String sentinelMaster) {
    return withScheme(RedisSettings.SENTINEL).with(SENTINEL_MASTER, sentinelMaster);
  }

  /** The password of the sentinels. */
  public RedisConfig sentinelPassword(String sentinelPassword) {
    return with(SENTINEL_PASSWORD, sentinelPassword);
  }

  /** How many milliseconds to wait for a connection. */
  public RedisConfig connectionTimeoutMs(long connectionTimeoutMs) {
    return with(CONNECTION_TIMEOUT_MS, connectionTimeoutMs);
  }

  /** How many milliseconds to wait for an answer. */
  public RedisConfig timeoutMs(long timeoutMs) {
    return with(TIMEOUT_MS, timeoutMs);
  }

  /** How many connections to each server all threads share. */
  public RedisConfig maxConnections(int maxConnections) {
    return with(MAX_CONNECTIONS, maxConnections);
  }

  /** How many commands may be unanswered at once. */
  public RedisConfig maxInFlight(int maxInFlight) {
    return with(MAX_IN_FLIGHT, maxInFlight);
  }

  /** Sets how the server's certificate is checked. */
  public RedisConfig tlsVerify(TlsVerify tlsVerify) {
    return with(TLS_VERIFY, tlsVerify);
  }

  /** A PEM file with the authorities to trust. */
  public RedisConfig tlsCa(String tlsCa) {
    return with(TLS_CA, tlsCa);
  }

  /** A PEM file with this client's certificate; needs tlsKey. */
  public RedisConfig tlsCert(String tlsCert) {
    return with(TLS_CERT, tlsCert);
  }

  /** A PEM file with this client's private key (PKCS 8); needs tlsCert. */
  public RedisConfig tlsKey(String tlsKey) {
    return with(TLS_KEY, tlsKey);
  }

  /** Whether to use TLS. */
  public RedisConfig tls(boolean tls) {
    return with(TLS, tls);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public RedisConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  @Override
  protected RedisConfig withUri(StoreUri uri) {
    return new RedisConfig(uri);
  }
}
