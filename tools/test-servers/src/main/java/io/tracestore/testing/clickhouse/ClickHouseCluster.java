package io.tracestore.testing.clickhouse;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.images.builder.Transferable;

/**
 * The cluster that tests run on, started when a test first asks and gone with the JVM.
 *
 * <p>It is the one that {@value #NAME_VARIABLE} names, of the server in {@value
 * ClickHouseServers#URI_VARIABLE}; else two shards of two replicas, and a Keeper, in containers,
 * where Docker answers and the image can be had; else the test server, which is a cluster of one
 * node.
 *
 * @param name what the servers call it
 * @param nodes the nodes that the stores' URIs name
 */
public record ClickHouseCluster(String name, List<ClickHouseEndpoint> nodes) {
  /** The environment variable that names a cluster of the given server. */
  static final String NAME_VARIABLE = "TRACESTORE_CLICKHOUSE_CLUSTER";

  private static final int SHARDS = 2;
  private static final int REPLICAS = 2;
  private static final int KEEPER_PORT = 9181;

  private static @Nullable ClickHouseCluster main;

  /** Why there is none; empty if there is one. */
  static Optional<String> whyNot() {
    boolean ofGivenServer = isSet(ClickHouseServers.URI_VARIABLE);
    return ofGivenServer && !isSet(NAME_VARIABLE)
        ? Optional.of(NAME_VARIABLE + " does not name a cluster of the given server")
        : ClickHouseServers.whyNot();
  }

  private static boolean isSet(String variable) {
    String value = System.getenv(variable);
    return value != null && !value.isBlank();
  }

  /** The cluster of the test run. */
  public static synchronized ClickHouseCluster main() {
    ClickHouseCluster found = main;
    if (found == null) {
      found = find();
      main = found;
    }
    return found;
  }

  private static ClickHouseCluster find() {
    if (isSet(NAME_VARIABLE)) {
      URI given = URI.create(System.getenv(ClickHouseServers.URI_VARIABLE));
      return new ClickHouseCluster(
          System.getenv(NAME_VARIABLE), List.of(ClickHouseEndpoint.of(given)));
    }
    ClickHouseCluster started = inContainers();
    return started == null
        ? new ClickHouseCluster("default", List.of(ClickHouseServers.main()))
        : started;
  }

  /** The URI of a store in a new database. */
  public String newStoreUri() {
    ClickHouseEndpoint first = nodes.getFirst();
    String hosts =
        String.join(",", nodes.stream().map(node -> node.host() + ":" + node.port()).toList());
    return first.newStoreUri("cluster=" + name).replace(first.host() + ":" + first.port(), hosts);
  }

  /** Removes the database of {@code uri} and all that is in it, on all nodes. */
  public void drop(String uri) {
    nodes
        .getFirst()
        .execute(
            "DROP DATABASE IF EXISTS %s ON CLUSTER '%s' SYNC".formatted(databaseOf(uri), name));
  }

  /** Merges all parts of the table of {@code uri}. */
  public void merge(String uri) {
    nodes
        .getFirst()
        .execute(
            "OPTIMIZE TABLE %s.records_local ON CLUSTER '%s' FINAL"
                .formatted(databaseOf(uri), name));
  }

  /** The database that a URI of this class names. */
  public static String databaseOf(String uri) {
    return uri.substring(uri.lastIndexOf('/') + 1, uri.lastIndexOf('?'));
  }

  private static @Nullable ClickHouseCluster inContainers() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return null;
    }
    List<GenericContainer<?>> started = new ArrayList<>();
    Network network = Network.newNetwork();
    try {
      List<ClickHouseEndpoint> nodes = new ArrayList<>();
      for (int shard = 1; shard <= SHARDS; shard++) {
        for (int replica = 1; replica <= REPLICAS; replica++) {
          GenericContainer<?> node = node(network, shard, replica);
          node.start();
          started.add(node);
          nodes.add(ClickHouseServers.endpointOf(node));
        }
      }
      return new ClickHouseCluster("tests", nodes);
    } catch (RuntimeException e) {
      // Docker answers, but the image cannot be had: the test server will do.
      started.forEach(GenericContainer::stop);
      network.close();
      return null;
    }
  }

  // Testcontainers removes it when this JVM has ended.
  @SuppressWarnings("resource")
  private static GenericContainer<?> node(Network network, int shard, int replica) {
    String host = host(shard, replica);
    return ClickHouseServers.container()
        .withNetwork(network)
        .withNetworkAliases(host)
        .withCopyToContainer(
            Transferable.of(configuration(shard, replica)),
            "/etc/clickhouse-server/config.d/cluster.xml");
  }

  private static String host(int shard, int replica) {
    return "shard%d-replica%d".formatted(shard, replica);
  }

  /** The first node is the Keeper of all. */
  private static String configuration(int shard, int replica) {
    String keeper =
        """
        <keeper_server>
          <tcp_port>%d</tcp_port>
          <server_id>1</server_id>
          <log_storage_path>/var/lib/clickhouse/coordination/log</log_storage_path>
          <snapshot_storage_path>/var/lib/clickhouse/coordination/snapshots</snapshot_storage_path>
          <raft_configuration>
            <server><id>1</id><hostname>localhost</hostname><port>9234</port></server>
          </raft_configuration>
        </keeper_server>
        """
            .formatted(KEEPER_PORT);
    return """
    <clickhouse>
      <listen_host>0.0.0.0</listen_host>
      <interserver_http_host>%s</interserver_http_host>
      <macros><shard>%d</shard><replica>%d</replica></macros>
      <zookeeper><node><host>%s</host><port>%d</port></node></zookeeper>
      <distributed_ddl><path>/clickhouse/task_queue/ddl</path></distributed_ddl>
      <remote_servers><tests>%s</tests></remote_servers>
      %s
    </clickhouse>
    """
        .formatted(
            host(shard, replica),
            shard,
            replica,
            host(1, 1),
            KEEPER_PORT,
            shards(),
            shard == 1 && replica == 1 ? keeper : "");
  }

  private static String shards() {
    StringBuilder shards = new StringBuilder();
    for (int shard = 1; shard <= SHARDS; shard++) {
      shards.append("<shard><internal_replication>true</internal_replication>");
      for (int replica = 1; replica <= REPLICAS; replica++) {
        shards.append(
            "<replica><host>%s</host><port>9000</port><user>%s</user><password>%s</password></replica>"
                .formatted(
                    host(shard, replica), ClickHouseServers.USER, ClickHouseServers.PASSWORD));
      }
      shards.append("</shard>");
    }
    return shards.toString();
  }
}
