package io.tracestore.provider.redis;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.SharedServers;
import java.nio.file.Path;
import java.util.List;

/** The kit in Redis 6.2 that writes each command to disk before it answers. */
class RedisKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return SharedServers.newDatabase(
            RedisServer.embedded(), "--appendonly", "yes", "--appendfsync", "always")
        + "?ttl=none";
  }

  @Override
  public void removeStore(String uri) {
    SharedServers.removeData(uri);
  }

  @Override
  public List<String> failingUris(Path directory) {
    return List.of("redis://127.0.0.1:1", "redis://127.0.0.1:1?cluster=true");
  }
}
