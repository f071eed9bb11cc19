package io.tracestore.bench.app;

import io.tracestore.bench.ClickHouseTestServer;
import io.tracestore.bench.PostgresTestServer;
import io.tracestore.bench.RedisTestServer;
import java.io.IOException;

/** Real servers on this machine, which end with this JVM. */
final class Servers {
  private Servers() {}

  /**
   * Starts the server of that name.
   *
   * @return the URI of its stores
   */
  static String start(String name) throws IOException {
    return switch (name) {
      case "postgresql" -> PostgresTestServer.start().uri();
      case "redis" -> "redis://" + RedisTestServer.start().address();
      case "clickhouse" -> ClickHouseTestServer.start();
      default ->
          throw new BenchException(
              "--with knows postgresql, redis and clickhouse, not '%s'; give the URI of your server instead"
                  .formatted(name));
    };
  }
}
