package io.tracestore.provider.redis.connect;

import io.tracestore.provider.redis.ClusterMode;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.TlsVerify;
import io.tracestore.provider.support.ServerAddress;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings in a URI, read and checked once. {@link #toString()} shows no secret.
 *
 * @param uri names the store in messages
 * @param hosts servers as {@code host:port}: one; or some nodes of a cluster; or the sentinels
 * @param database the number of the database; 0 in a cluster
 * @param username the ACL user; null for the default user
 * @param password its password; null for none
 * @param ttlMillis how long a trace is kept after its last write; 0 for ever
 * @param options the values of {@link RedisConfig}'s constants
 */
public record RedisSettings(
    StoreUri uri,
    List<String> hosts,
    int database,
    @Nullable String username,
    @Nullable String password,
    long ttlMillis,
    StoreOptions options) {
  public static final String REDIS = "redis";
  public static final String TLS = "rediss";
  public static final String SENTINEL = "redis-sentinel";
  public static final String SYNTAX = "redis://host:6379/0, or redis://user:password@host:6379/0";
  public static final String NO_TTL = "none";

  private static final int MAX_PREFIX = 200;

  /** Reads the times that {@link RedisConfig#TTL} takes. */
  private static final StoreOption<Long> TTL_MILLIS =
      StoreOption.ofMillis(
          RedisConfig.TTL.name(), 1, 1, 100L * 365 * 24 * 3_600_000, RedisConfig.TTL.doc());

  public RedisSettings {
    hosts = hosts.stream().map(host -> RedisHost.parse(host, defaultPort(uri)).toString()).toList();
    require(username == null || password != null, "a user needs a password");
    String keyPrefix = options.get(RedisConfig.KEY_PREFIX);
    require(
        !keyPrefix.isEmpty() && keyPrefix.length() <= MAX_PREFIX && keyPrefix.matches("[^{}]*"),
        "keyPrefix must have 1 to %d characters and no braces: '%s'"
            .formatted(MAX_PREFIX, keyPrefix));
    checkTogether(uri, hosts, database, options);
    checkTls(uri, options);
  }

  private static void checkTogether(
      StoreUri uri, List<String> hosts, int database, StoreOptions options) {
    boolean sentinel = uri.scheme().equals(SENTINEL);
    ClusterMode cluster = options.get(RedisConfig.CLUSTER);
    require(
        !options.get(RedisConfig.SENTINEL_MASTER).isEmpty(), "sentinelMaster must not be empty");
    require(
        sentinel || !options.isSet(RedisConfig.SENTINEL_MASTER),
        "sentinelMaster goes with redis-sentinel: only");
    require(
        sentinel || !options.isSet(RedisConfig.SENTINEL_PASSWORD),
        "sentinelPassword goes with redis-sentinel: only");
    require(!sentinel || cluster != ClusterMode.ON, "cluster=ON does not go with redis-sentinel:");
    require(
        sentinel || hosts.size() == 1 || cluster != ClusterMode.OFF,
        "several hosts are the nodes of a cluster, and cluster is OFF");
    require(cluster != ClusterMode.ON || database == 0, "a cluster has database 0 only");
  }

  private static void checkTls(StoreUri uri, StoreOptions options) {
    require(
        options.isSet(RedisConfig.TLS_CERT) == options.isSet(RedisConfig.TLS_KEY),
        "tlsCert and tlsKey go together");
    require(
        tls(uri, options)
            || (!options.isSet(RedisConfig.TLS_CA)
                && !options.isSet(RedisConfig.TLS_CERT)
                && options.get(RedisConfig.TLS_VERIFY) == TlsVerify.FULL),
        "the options tlsVerify, tlsCa, tlsCert and tlsKey need TLS: write rediss:, or add tls=true");
  }

  private static boolean tls(StoreUri uri, StoreOptions options) {
    return uri.scheme().equals(TLS) || options.get(RedisConfig.TLS);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static int defaultPort(StoreUri uri) {
    return uri.scheme().equals(SENTINEL) ? RedisHost.SENTINEL_PORT : RedisHost.SERVER_PORT;
  }

  public static RedisSettings of(StoreUri uri) {
    return of(uri, StoreOptions.of(uri, RedisConfig.OPTIONS.all()));
  }

  public static RedisSettings of(StoreUri uri, StoreOptions options) {
    ServerAddress address = ServerAddress.parse(uri, SYNTAX);
    if (address.user() != null && address.password() == null) {
      // Not shown: it is a password, as a rule.
      throw new StoreConfigurationException(
          "%s: what stands before '@' has no colon: write :PASSWORD@HOST or USER:PASSWORD@HOST"
              .formatted(uri.scheme()),
          null);
    }
    try {
      return new RedisSettings(
          uri,
          address.hosts(),
          database(address.database()),
          address.user(),
          emptyToNull(address.password()),
          ttl(options.get(RedisConfig.TTL)),
          options);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static long ttl(String text) {
    return text.equals(NO_TTL) ? 0 : TTL_MILLIS.parse(text);
  }

  private static @Nullable String emptyToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static int database(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw new IllegalArgumentException("not the number of a database: '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  public <T> T get(StoreOption<T> option) {
    return options.get(option);
  }

  /** For how long a server remembers an answer: it is asked again for timeoutMs at most. */
  public long answerMillis() {
    return 2 * options.get(RedisConfig.TIMEOUT_MS);
  }

  /** The value of an option without a default, or null. */
  <T> @Nullable T find(StoreOption<T> option) {
    return options.find(option).orElse(null);
  }

  public boolean tls() {
    return tls(uri, options);
  }

  /** The name of the primary that the hosts, being sentinels, know; null if they are servers. */
  public @Nullable String sentinelMaster() {
    return isSentinel() ? get(RedisConfig.SENTINEL_MASTER) : null;
  }

  /** Whether the hosts are sentinels. */
  public boolean isSentinel() {
    return uri.scheme().equals(SENTINEL);
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
