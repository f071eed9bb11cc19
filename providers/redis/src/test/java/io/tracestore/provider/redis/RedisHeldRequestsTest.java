package io.tracestore.provider.redis;

import io.tracestore.testing.net.HeldRequestsTest;
import io.tracestore.testing.redis.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two calls at the same time on Redis. */
class RedisHeldRequestsTest extends HeldRequestsTest {
  @TempDir private Path directory;
  private RedisServer server;

  @BeforeEach
  void start() {
    server = RedisServer.start(RedisServer.embedded(), directory);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected String uri(int port) {
    return "redis://127.0.0.1:" + port + "?ttl=none&maxConnections=1";
  }

  @Override
  protected int serverPort() {
    return server.port();
  }
}
