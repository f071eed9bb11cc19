package io.tracestore.provider.redis.connect;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.tracestore.provider.redis.ClusterMode;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.spi.StoreConfigurationException;
import java.io.File;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The driver's clients, connections and threads: opened together, closed together. */
public final class RedisConnections implements AutoCloseable {
  private static final int THREADS = 2;
  private static final Duration TOPOLOGY_REFRESH = Duration.ofSeconds(30);
  private static final int MAX_REDIRECTS = 16;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
  private static final long CLOSE_SECONDS = 10;
  private static final int CONNECT_TRIES = 3;

  private final ClientResources resources;
  private final RedisSettings config;
  private final List<Channel> channels = new ArrayList<>();
  private @Nullable AbstractRedisClient client;
  private boolean cluster;

  /** A connection and how to send on it. */
  record Channel(
      StatefulConnection<byte[], byte[]> connection,
      RedisClusterAsyncCommands<byte[], byte[]> commands) {}

  private RedisConnections(RedisSettings config) {
    this.config = config;
    this.resources =
        DefaultClientResources.builder()
            .ioThreadPoolSize(THREADS)
            .reconnectDelay(
                Delay.exponential(Duration.ofMillis(10), LONGEST_PAUSE, 2, TimeUnit.MILLISECONDS))
            .computationThreadPoolSize(THREADS)
            .build();
  }

  /** Connects; if that fails, no connection or thread stays. */
  static RedisConnections open(String store, RedisSettings config) {
    RedisConnections opened = new RedisConnections(config);
    try {
      opened.connect();
      return opened;
    } catch (Throwable e) { // a missing library of the driver is an Error
      opened.close();
      throw RedisErrors.translate(store, e);
    }
  }

  /**
   * Connects; again if the connection was closed in the middle of the greeting: then the driver
   * does not tell whether the server refused the password or went away.
   */
  private void connect() {
    for (int tries = 1; ; tries++) {
      try {
        connectOnce();
        return;
      } catch (RuntimeException e) {
        if (tries == CONNECT_TRIES || !RedisErrors.isClosedEarly(e)) {
          throw e;
        }
        disconnect();
      }
    }
  }

  private void connectOnce() {
    boolean seeds = !config.isSentinel() && config.hosts().size() > 1;
    if (config.get(RedisConfig.CLUSTER) == ClusterMode.ON || seeds) {
      connectToCluster();
      return;
    }
    connectToServer();
    if (config.get(RedisConfig.CLUSTER) == ClusterMode.AUTO
        && !config.isSentinel()
        && saysCluster()) {
      disconnect();
      connectToCluster();
    }
  }

  private boolean saysCluster() {
    try {
      String info = channels.getFirst().commands().info("cluster").toCompletableFuture().join();
      return info.contains("cluster_enabled:1");
    } catch (RuntimeException e) {
      // Not every user may ask; such a user sets the option cluster to ON.
      return false;
    }
  }

  private void connectToServer() {
    RedisClient redis = RedisClient.create(resources, uri());
    client = redis;
    redis.setOptions(options(ClientOptions.builder()).build());
    for (int i = 0; i < config.get(RedisConfig.MAX_CONNECTIONS); i++) {
      StatefulRedisConnection<byte[], byte[]> connection = redis.connect(ByteArrayCodec.INSTANCE);
      channels.add(new Channel(connection, connection.async()));
    }
  }

  private void connectToCluster() {
    if (config.database() != 0) {
      throw new StoreConfigurationException("a Redis Cluster has database 0 only", null);
    }
    cluster = true;
    List<RedisURI> seeds = config.hosts().stream().map(this::uri).toList();
    RedisClusterClient redis = RedisClusterClient.create(resources, seeds);
    client = redis;
    ClusterTopologyRefreshOptions refresh =
        ClusterTopologyRefreshOptions.builder().enablePeriodicRefresh(TOPOLOGY_REFRESH).build();
    ClusterClientOptions.Builder builder =
        ClusterClientOptions.builder()
            .topologyRefreshOptions(refresh)
            .maxRedirects(MAX_REDIRECTS)
            .validateClusterNodeMembership(false);
    options(builder);
    redis.setOptions(builder.build());
    for (int i = 0; i < config.get(RedisConfig.MAX_CONNECTIONS); i++) {
      StatefulRedisClusterConnection<byte[], byte[]> connection =
          redis.connect(ByteArrayCodec.INSTANCE);
      channels.add(new Channel(connection, connection.async()));
    }
  }

  private <B extends ClientOptions.Builder> B options(B builder) {
    builder
        .protocolVersion(ProtocolVersion.RESP2)
        // The driver would send a command again with the half of an answer that came before the
        // connection broke, and append the new answer to it. RedisLink makes a new command.
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        // RedisLink bounds what is unanswered, and lets callers wait; the driver would fail them.
        .requestQueueSize(Integer.MAX_VALUE)
        .timeoutOptions(TimeoutOptions.enabled(timeout()))
        .socketOptions(
            SocketOptions.builder()
                .connectTimeout(Duration.ofMillis(config.get(RedisConfig.CONNECTION_TIMEOUT_MS)))
                .keepAlive(true)
                .tcpNoDelay(true)
                .build());
    if (config.tls()) {
      builder.sslOptions(sslOptions());
    }
    return builder;
  }

  private SslOptions sslOptions() {
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
    String ca = config.find(RedisConfig.TLS_CA);
    if (ca != null) {
      ssl.trustManager(file("tlsCa", ca));
    }
    String cert = config.find(RedisConfig.TLS_CERT);
    String key = config.find(RedisConfig.TLS_KEY);
    if (cert != null && key != null) {
      ssl.keyManager(file("tlsCert", cert), file("tlsKey", key), new char[0]);
    }
    return ssl.build();
  }

  private static File file(String option, String path) {
    File file = new File(path);
    if (!file.canRead()) {
      throw new StoreConfigurationException(
          "option '%s': no such file, or not readable: '%s'".formatted(option, path), null);
    }
    return file;
  }

  private RedisURI uri() {
    if (!config.isSentinel()) {
      return uri(config.hosts().getFirst());
    }
    RedisURI.Builder builder = RedisURI.builder();
    for (String host : config.hosts()) {
      builder.withSentinel(sentinel(host));
    }
    builder.withSentinelMasterId(Objects.requireNonNull(config.sentinelMaster()));
    return finished(builder);
  }

  private RedisURI sentinel(String text) {
    RedisHost host = RedisHost.parse(text, RedisHost.SENTINEL_PORT);
    RedisURI.Builder builder =
        RedisURI.builder().withHost(host.name()).withPort(host.port()).withTimeout(timeout());
    String password = config.find(RedisConfig.SENTINEL_PASSWORD);
    if (password != null) {
      builder.withPassword(password.toCharArray());
    }
    return withTls(builder).build();
  }

  private RedisURI uri(String text) {
    RedisHost host = RedisHost.parse(text, RedisHost.SERVER_PORT);
    return finished(RedisURI.builder().withHost(host.name()).withPort(host.port()));
  }

  private RedisURI finished(RedisURI.Builder builder) {
    String password = config.password();
    if (password != null && config.username() != null) {
      builder.withAuthentication(config.username(), password.toCharArray());
    } else if (password != null) {
      builder.withPassword(password.toCharArray());
    }
    return withTls(builder.withDatabase(config.database()).withTimeout(timeout())).build();
  }

  private RedisURI.Builder withTls(RedisURI.Builder builder) {
    return builder
        .withSsl(config.tls())
        .withVerifyPeer(
            switch (config.get(RedisConfig.TLS_VERIFY)) {
              case FULL -> SslVerifyMode.FULL;
              case CA -> SslVerifyMode.CA;
              case NONE -> SslVerifyMode.NONE;
            });
  }

  private Duration timeout() {
    return Duration.ofMillis(config.get(RedisConfig.TIMEOUT_MS));
  }

  boolean isCluster() {
    return cluster;
  }

  /** The connection whose turn it is. */
  Channel channel(int turn) {
    return channels.get(Math.floorMod(turn, channels.size()));
  }

  /** A way to each server that takes writes. */
  List<RedisClusterAsyncCommands<byte[], byte[]>> primaries() {
    Channel first = channels.getFirst();
    if (!(first.connection() instanceof StatefulRedisClusterConnection<byte[], byte[]> nodes)) {
      return List.of(first.commands());
    }
    List<RedisClusterAsyncCommands<byte[], byte[]>> primaries = new ArrayList<>();
    for (RedisClusterNode node : nodes.getPartitions()) {
      if (node.getRole().isUpstream() && !node.getSlots().isEmpty()) {
        primaries.add(nodes.getConnection(node.getNodeId()).async());
      }
    }
    return primaries;
  }

  /** Whether everything written so far is on the disk of every server, and of its replicas. */
  boolean sync(Keys keys) {
    long patience = Math.max(1, config.get(RedisConfig.TIMEOUT_MS) / 2);
    if (client instanceof RedisClient redis) {
      try (StatefulRedisConnection<byte[], byte[]> own = redis.connect(ByteArrayCodec.INSTANCE)) {
        return LogSync.await(own, keys.probe(0), patience);
      }
    }
    RedisClusterClient nodes = (RedisClusterClient) Objects.requireNonNull(client, "client");
    try (StatefulRedisClusterConnection<byte[], byte[]> own =
        nodes.connect(ByteArrayCodec.INSTANCE)) {
      Map<String, byte[]> probes = new LinkedHashMap<>();
      for (int partition = 0; partition < keys.partitions(); partition++) {
        byte[] probe = keys.probe(partition);
        RedisClusterNode node = own.getPartitions().getPartitionBySlot(SlotHash.getSlot(probe));
        if (node == null) {
          return false;
        }
        probes.put(node.getNodeId(), probe);
      }
      return probes.entrySet().stream()
          .allMatch(
              node -> LogSync.await(own.getConnection(node.getKey()), node.getValue(), patience));
    }
  }

  /** Returns a future that completes after {@code millis} milliseconds. */
  CompletableFuture<Boolean> pause(long millis) {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    var unused =
        resources
            .eventExecutorGroup()
            .schedule(() -> over.complete(true), millis, TimeUnit.MILLISECONDS);
    return over;
  }

  private void disconnect() {
    channels.clear();
    AbstractRedisClient open = client;
    client = null;
    if (open != null) {
      open.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Ends the connections and waits for the threads. */
  @Override
  public void close() {
    try {
      disconnect();
    } finally {
      endThreads();
    }
  }

  private void endThreads() {
    Future<Boolean> ended = resources.shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS);
    try {
      ended.get(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException | RedisException e) {
      // The threads end by themselves; a close can do no more.
      return;
    }
  }
}
