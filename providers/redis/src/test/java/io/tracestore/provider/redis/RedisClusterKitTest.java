package io.tracestore.provider.redis;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.redis.RedisNeeds;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.SharedServers;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in a Redis Cluster of three nodes, with a time to live. */
@ExtendWith(RedisNeeds.InstalledServer.class)
@AddLifecycleHook(RedisNeeds.InstalledServer.class)
class RedisClusterKitTest extends TraceStoreKit {
  private static final AtomicLong STORES = new AtomicLong();

  @Override
  public BackendTraits traits() {
    return BackendTraits.EVICTING_SERVER;
  }

  @Override
  public String newStoreUri(Path directory) {
    String uri = SharedServers.cluster(RedisServer.installedOrSkip()).uri();
    return uri + "?ttl=2h&keyPrefix=kit-" + STORES.incrementAndGet();
  }

  @Override
  public void removeStore(String uri) {
    SharedServers.emptyCluster(RedisServer.installedOrSkip());
  }

  /** All nodes are emptied for each case, which takes long; a single server gets all of them. */
  @Override
  public int tries(int usual) {
    return usual / 4;
  }
}
