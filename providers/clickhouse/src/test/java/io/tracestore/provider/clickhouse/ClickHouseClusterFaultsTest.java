package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseCluster;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.net.CuttableProxy;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A store in the form for a cluster keeps its promises when the connection to it fails. */
@ExtendWith(ClickHouseNeeds.Cluster.class)
class ClickHouseClusterFaultsTest {
  @Test
  void aBlockWhoseAnswerWasLostIsInTheClusterOnce() throws IOException {
    ClickHouseCluster cluster = ClickHouseCluster.main();
    ClickHouseEndpoint node = cluster.nodes().getFirst();
    String uri = cluster.newStoreUri();
    String database = ClickHouseCluster.databaseOf(uri);
    try (CuttableProxy proxy = new CuttableProxy(node.host(), node.port());
        TraceStore store =
            TraceStores.open(
                node.at("127.0.0.1", proxy.port()).uri(database, ""),
                Map.of("cluster", cluster.name()))) {
      int traces = 25;
      for (int i = 0; i < traces; i++) {
        proxy.cutAnswersAfter(60L * i);
        store.storeTrace(ClickHouseSamples.trace(i));
      }
      proxy.cutAnswersAfter(Long.MAX_VALUE);
      assertThat(proxy.cuts()).isGreaterThan(10);
      assertThat(node.text("SELECT count() FROM " + database + ".records"))
          .isEqualTo(Integer.toString(traces * ClickHouseSamples.ROWS));
      assertThat(store.queryTraces(TraceQuery.ALL))
          .isEqualTo(ClickHouseSamples.traces(0, traces).reversed());
    } finally {
      cluster.drop(uri);
    }
  }
}
