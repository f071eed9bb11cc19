package io.tracestore.provider.redis;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.redis.RedisNeeds;
import io.tracestore.testing.redis.SharedServers;
import java.nio.file.Path;
import java.util.Objects;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The kit in the Redis or Valkey that {@code TRACESTORE_REDIS_URI} names, without options; its
 * database is emptied. It must write each command to disk before it answers.
 */
@ExtendWith(RedisNeeds.NamedServer.class)
@AddLifecycleHook(RedisNeeds.NamedServer.class)
class RedisByUriKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    String uri = Objects.requireNonNull(System.getenv(RedisNeeds.URI_VARIABLE));
    SharedServers.removeData(uri);
    return uri + "?ttl=none";
  }
}
