package io.tracestore.provider.redis;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code redis:} store is opened: the same as a URI says, as values.
 *
 * @param hosts servers as {@code host:port}: one; or some nodes of a cluster; or the sentinels
 * @param database the number of the database; 0 in a cluster
 * @param username the ACL user; null for the default user
 * @param password its password; null for none
 * @param sentinelMaster the name of the primary that the hosts, being sentinels, know; null if they
 *     are servers
 * @param sentinelPassword the password of the sentinels; null for none
 * @param keyPrefix what the names of all keys begin with
 * @param ttl how long a trace is kept after its last write; null for ever
 * @param cluster whether the servers are a cluster
 * @param partitions into how many hash slots new data is spread; 0 for the usual number
 * @param connectTimeoutMs how many milliseconds to wait for a connection
 * @param timeoutMs how many milliseconds to wait for an answer
 * @param connections how many connections to each server all threads share
 * @param maxInFlight how many commands may be unanswered at once
 * @param tls whether to use TLS
 * @param tlsVerify what is checked of the server's certificate
 * @param tlsCa a PEM file with the authorities to trust; null for the JVM's
 * @param tlsCert a PEM file with this client's certificate; null for none
 * @param tlsKey a PEM file with this client's private key; null for none
 */
public record RedisConfig(
    List<String> hosts,
    int database,
    @Nullable String username,
    @Nullable String password,
    @Nullable String sentinelMaster,
    @Nullable String sentinelPassword,
    String keyPrefix,
    @Nullable Duration ttl,
    ClusterMode cluster,
    int partitions,
    long connectTimeoutMs,
    long timeoutMs,
    int connections,
    int maxInFlight,
    boolean tls,
    TlsVerify tlsVerify,
    @Nullable String tlsCa,
    @Nullable String tlsCert,
    @Nullable String tlsKey) {
  private static final int MAX_PREFIX = 200;

  public RedisConfig {
    hosts =
        hosts.stream()
            .map(host -> RedisHost.parse(host, defaultPort(sentinelMaster)).toString())
            .toList();
    require(!hosts.isEmpty(), "hosts must not be empty");
    require(database >= 0, "database must not be negative: " + database);
    require(username == null || password != null, "a user needs a password");
    require(
        !keyPrefix.isEmpty() && keyPrefix.length() <= MAX_PREFIX && keyPrefix.matches("[^{}]*"),
        "keyPrefix must have 1 to %d characters and no braces: '%s'"
            .formatted(MAX_PREFIX, keyPrefix));
    if (ttl != null) {
      RedisOptions.checkTtl(ttl.toMillis());
    }
    Objects.requireNonNull(cluster, "cluster");
    RedisOptions.PARTITIONS.check(partitions);
    RedisOptions.CONNECT_TIMEOUT_MS.check(connectTimeoutMs);
    RedisOptions.TIMEOUT_MS.check(timeoutMs);
    RedisOptions.CONNECTIONS.check(connections);
    RedisOptions.MAX_IN_FLIGHT.check(maxInFlight);
    Objects.requireNonNull(tlsVerify, "tlsVerify");
    checkTogether(hosts, database, sentinelMaster, sentinelPassword, cluster);
    require((tlsCert == null) == (tlsKey == null), "tlsCert and tlsKey go together");
    require(
        tls || (tlsCa == null && tlsCert == null && tlsVerify == TlsVerify.FULL),
        "the options tlsVerify, tlsCa, tlsCert and tlsKey need TLS: write rediss:, or add tls=true");
  }

  private static void checkTogether(
      List<String> hosts,
      int database,
      @Nullable String sentinelMaster,
      @Nullable String sentinelPassword,
      ClusterMode cluster) {
    boolean sentinel = sentinelMaster != null;
    require(
        sentinelMaster == null || !sentinelMaster.isEmpty(), "sentinelMaster must not be empty");
    require(
        sentinel || sentinelPassword == null, "sentinelPassword goes with redis-sentinel: only");
    require(!sentinel || cluster != ClusterMode.ON, "cluster=ON does not go with redis-sentinel:");
    require(
        sentinel || hosts.size() == 1 || cluster != ClusterMode.OFF,
        "several hosts are the nodes of a cluster, and cluster is OFF");
    require(cluster != ClusterMode.ON || database == 0, "a cluster has database 0 only");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private static int defaultPort(@Nullable String sentinelMaster) {
    return sentinelMaster == null ? RedisHost.SERVER_PORT : RedisHost.SENTINEL_PORT;
  }

  /** Whether the hosts are sentinels. */
  boolean isSentinel() {
    return sentinelMaster != null;
  }

  /** The time to live in milliseconds; 0 for none. */
  long ttlMillis() {
    return ttl == null ? 0 : ttl.toMillis();
  }

  /**
   * A builder for the server, or some nodes of the cluster, at {@code hosts}, with the defaults.
   */
  public static Builder builder(String... hosts) {
    return new Builder(List.of(hosts));
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code redis://user:password@host:port/database}, with options
   * @throws StoreConfigurationException if its body is something else, or an option is unknown or
   *     wrong
   */
  public static RedisConfig fromUri(StoreUri uri) {
    return fromUri(uri, StoreOptions.of(uri, RedisOptions.ALL));
  }

  static RedisConfig fromUri(StoreUri uri, StoreOptions options) {
    try {
      return RedisUris.toConfig(uri, options);
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  /** The URI that describes this config; options that have their default are left out. */
  public StoreUri toUri() {
    return RedisUris.toUri(this);
  }

  /** All but the passwords. */
  @Override
  public String toString() {
    return "RedisConfig[" + toUri() + "]";
  }

  /** Builds a {@link RedisConfig}; not safe for several threads. */
  public static final class Builder {
    private final List<String> hosts;
    private int database;
    private @Nullable String username;
    private @Nullable String password;
    private @Nullable String sentinelMaster;
    private @Nullable String sentinelPassword;
    private String keyPrefix = RedisOptions.defaultOf(RedisOptions.KEY_PREFIX);
    private @Nullable Duration ttl =
        Duration.ofMillis(RedisOptions.parseTtl(RedisOptions.defaultOf(RedisOptions.TTL)));
    private ClusterMode cluster = RedisOptions.defaultOf(RedisOptions.CLUSTER);
    private int partitions = RedisOptions.defaultOf(RedisOptions.PARTITIONS);
    private long connectTimeoutMs = RedisOptions.defaultOf(RedisOptions.CONNECT_TIMEOUT_MS);
    private long timeoutMs = RedisOptions.defaultOf(RedisOptions.TIMEOUT_MS);
    private int connections = RedisOptions.defaultOf(RedisOptions.CONNECTIONS);
    private int maxInFlight = RedisOptions.defaultOf(RedisOptions.MAX_IN_FLIGHT);
    private boolean tls;
    private TlsVerify tlsVerify = RedisOptions.defaultOf(RedisOptions.TLS_VERIFY);
    private @Nullable String tlsCa;
    private @Nullable String tlsCert;
    private @Nullable String tlsKey;

    private Builder(List<String> hosts) {
      this.hosts = hosts;
    }

    /** The number of the database; 0 by default. */
    public Builder database(int database) {
      this.database = database;
      return this;
    }

    /** The ACL user; the default user by default. */
    public Builder username(@Nullable String username) {
      this.username = username;
      return this;
    }

    /** The password; none by default. */
    public Builder password(@Nullable String password) {
      this.password = password;
      return this;
    }

    /** The hosts are sentinels, and this is what they call the primary. */
    public Builder sentinelMaster(@Nullable String sentinelMaster) {
      this.sentinelMaster = sentinelMaster;
      return this;
    }

    /** The password of the sentinels; none by default. */
    public Builder sentinelPassword(@Nullable String sentinelPassword) {
      this.sentinelPassword = sentinelPassword;
      return this;
    }

    /** What the names of all keys begin with; {@code tracestore} by default. */
    public Builder keyPrefix(String keyPrefix) {
      this.keyPrefix = keyPrefix;
      return this;
    }

    /** How long a trace is kept after its last write, null for ever; one hour by default. */
    public Builder ttl(@Nullable Duration ttl) {
      this.ttl = ttl;
      return this;
    }

    /** Whether the servers are a cluster; by default the first is asked. */
    public Builder cluster(ClusterMode cluster) {
      this.cluster = cluster;
      return this;
    }

    /** Into how many hash slots new data is spread; 64 in a cluster and 1 elsewhere by default. */
    public Builder partitions(int partitions) {
      this.partitions = partitions;
      return this;
    }

    /** How many milliseconds to wait for a connection; 5000 by default. */
    public Builder connectTimeoutMs(long connectTimeoutMs) {
      this.connectTimeoutMs = connectTimeoutMs;
      return this;
    }

    /** How many milliseconds to wait for an answer; 10000 by default. */
    public Builder timeoutMs(long timeoutMs) {
      this.timeoutMs = timeoutMs;
      return this;
    }

    /** How many connections to each server all threads share; 2 by default. */
    public Builder connections(int connections) {
      this.connections = connections;
      return this;
    }

    /** How many commands may be unanswered at once; 1024 by default. */
    public Builder maxInFlight(int maxInFlight) {
      this.maxInFlight = maxInFlight;
      return this;
    }

    /** Whether to use TLS; false by default. */
    public Builder tls(boolean tls) {
      this.tls = tls;
      return this;
    }

    /** What is checked of the server's certificate; everything by default. */
    public Builder tlsVerify(TlsVerify tlsVerify) {
      this.tlsVerify = tlsVerify;
      return this;
    }

    /** A PEM file with the authorities to trust; the JVM's by default. */
    public Builder tlsCa(@Nullable String tlsCa) {
      this.tlsCa = tlsCa;
      return this;
    }

    /** PEM files with this client's certificate and private key; none by default. */
    public Builder tlsClient(@Nullable String tlsCert, @Nullable String tlsKey) {
      this.tlsCert = tlsCert;
      this.tlsKey = tlsKey;
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is out of bounds or two contradict each other; it
     *     names the option
     */
    public RedisConfig build() {
      return new RedisConfig(
          hosts,
          database,
          username,
          password,
          sentinelMaster,
          sentinelPassword,
          keyPrefix,
          ttl,
          cluster,
          partitions,
          connectTimeoutMs,
          timeoutMs,
          connections,
          maxInFlight,
          tls,
          tlsVerify,
          tlsCa,
          tlsCert,
          tlsKey);
    }
  }
}
