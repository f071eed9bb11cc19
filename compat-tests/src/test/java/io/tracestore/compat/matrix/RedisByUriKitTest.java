package io.tracestore.compat.matrix;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.compat.redis.SharedServers;
import java.nio.file.Path;

/**
 * In the Redis or Valkey that {@code TRACESTORE_REDIS_URI} names, without options; its database is
 * emptied. It must write each command to disk before it answers.
 */
class RedisByUriKitTest extends TraceStoreKit {
  private static final String VARIABLE = "TRACESTORE_REDIS_URI";

  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    String uri = System.getenv(VARIABLE);
    assumeTrue(uri != null, VARIABLE + " is not set");
    SharedServers.removeData(uri);
    return uri + "?ttl=none";
  }
}
