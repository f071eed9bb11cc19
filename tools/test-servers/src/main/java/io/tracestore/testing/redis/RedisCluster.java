package io.tracestore.testing.redis;

import io.lettuce.core.api.sync.RedisCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A Redis Cluster of three nodes without replicas on the loopback. */
public final class RedisCluster implements AutoCloseable {
  /** How many hash slots a cluster has. */
  public static final int SLOTS = 16_384;

  /** How many nodes it has. */
  public static final int NODES = 3;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final List<RedisServer> servers;

  /** Kept open: a test run empties the cluster hundreds of times. */
  private final List<RedisSession> cleaners = new ArrayList<>();

  private RedisCluster(List<RedisServer> servers) {
    this.servers = servers;
  }

  /** Starts the nodes and waits until all of them know the whole cluster. */
  public static RedisCluster start(String binary, Path directory, String... options) {
    List<RedisServer> servers = new ArrayList<>();
    RedisCluster cluster = new RedisCluster(servers);
    try {
      for (int i = 0; i < NODES; i++) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("--cluster-enabled", "yes", "--cluster-config-file", "nodes-" + i));
        all.addAll(List.of("--appendfilename", "log-" + i));
        servers.add(RedisServer.start(binary, directory, all.toArray(String[]::new)));
      }
      cluster.join();
      return cluster;
    } catch (RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void join() {
    for (int i = 0; i < NODES; i++) {
      try (RedisSession session = session(i)) {
        RedisCommands<String, String> node = session.commands();
        int from = SLOTS * i / NODES;
        int to = SLOTS * (i + 1) / NODES;
        node.clusterAddSlots(IntStream.range(from, to).toArray());
        node.clusterMeet("127.0.0.1", servers.getFirst().port());
      }
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!isWhole()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("the cluster does not come together");
      }
    }
  }

  private boolean isWhole() {
    for (int i = 0; i < NODES; i++) {
      try (RedisSession session = session(i)) {
        String info = session.commands().clusterInfo();
        if (!info.contains("cluster_state:ok") || !info.contains("cluster_known_nodes:" + NODES)) {
          return false;
        }
      }
    }
    return true;
  }

  /** A plain connection to one node. */
  public RedisSession session(int node) {
    return RedisSession.open(servers.get(node).uri());
  }

  /** The node that has {@code slot} at first. */
  public static int ownerOf(int slot) {
    int node = 0;
    while (slot >= SLOTS * (node + 1) / NODES) {
      node++;
    }
    return node;
  }

  /** One of the nodes. */
  public RedisServer server(int node) {
    return servers.get(node);
  }

  /** The address of the cluster, by all its nodes. */
  public String uri() {
    return "redis://" + servers.stream().map(RedisServer::host).collect(Collectors.joining(","));
  }

  /** Empties all nodes. */
  public void removeData() {
    if (cleaners.isEmpty()) {
      IntStream.range(0, NODES).forEach(node -> cleaners.add(session(node)));
    }
    cleaners.forEach(session -> session.commands().flushall());
  }

  @Override
  public void close() {
    cleaners.forEach(RedisSession::close);
    servers.forEach(RedisServer::close);
  }
}
