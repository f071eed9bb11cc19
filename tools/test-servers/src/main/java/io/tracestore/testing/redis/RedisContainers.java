package io.tracestore.testing.redis;

import io.tracestore.testing.net.SharedContainer;
import org.testcontainers.containers.GenericContainer;

/** Redis and Valkey in containers, each command on disk before it is answered. */
public final class RedisContainers {
  private static final int PORT = 6379;

  /** Redis 7. */
  static final SharedContainer<GenericContainer<?>> REDIS =
      new SharedContainer<>("redis:7.4-alpine", image -> make(image, "redis-server"));

  /** Valkey 8. */
  static final SharedContainer<GenericContainer<?>> VALKEY =
      new SharedContainer<>("valkey/valkey:8-alpine", image -> make(image, "valkey-server"));

  private RedisContainers() {}

  /** The address of Redis, emptied. */
  public static String emptyRedis() {
    return empty(REDIS.get());
  }

  /** The address of Valkey, emptied. */
  public static String emptyValkey() {
    return empty(VALKEY.get());
  }

  private static String empty(GenericContainer<?> container) {
    String uri = "redis://%s:%d".formatted(container.getHost(), container.getMappedPort(PORT));
    SharedServers.removeData(uri);
    return uri;
  }

  private static GenericContainer<?> make(String image, String program) {
    return new GenericContainer<>(image)
        .withExposedPorts(PORT)
        .withCommand(program, "--appendonly", "yes", "--appendfsync", "always", "--save", "");
  }
}
