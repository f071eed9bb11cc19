package io.tracestore.provider.clickhouse;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.clickhouse.ClickHouseCluster;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.nio.file.Path;
import java.util.List;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in ClickHouse, in the form for a cluster. */
@ExtendWith(ClickHouseNeeds.Cluster.class)
@AddLifecycleHook(ClickHouseNeeds.Cluster.class)
class ClickHouseClusterKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return ClickHouseCluster.main().newStoreUri();
  }

  @Override
  public void removeStore(String uri) {
    ClickHouseCluster.main().drop(uri);
  }

  @Override
  public List<String> secrets() {
    return List.of(ClickHouseServers.main().password());
  }

  /** New tables, and every write of a single trace, take the server long. */
  @Override
  public int tries(int usual) {
    return Math.max(1, usual / 40);
  }
}
