package io.tracestore.provider.redis;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.redis.RedisContainers;
import io.tracestore.testing.redis.RedisNeeds;
import java.nio.file.Path;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in the official image of Valkey 8. */
@ExtendWith(RedisNeeds.ValkeyContainer.class)
@AddLifecycleHook(RedisNeeds.ValkeyContainer.class)
class ValkeyContainerKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return RedisContainers.emptyValkey() + "?ttl=none";
  }
}
