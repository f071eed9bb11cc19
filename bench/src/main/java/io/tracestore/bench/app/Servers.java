package io.tracestore.bench.app;

import io.tracestore.bench.PostgresTestServer;
import io.tracestore.bench.RedisTestServer;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** Real servers on this machine, started for a run and ended with it. */
final class Servers implements AutoCloseable {
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

  /**
   * Starts the server of that name.
   *
   * @return the URI of its stores
   */
  String start(String name) throws IOException {
    return switch (name) {
      case "postgresql" -> {
        PostgresTestServer server = PostgresTestServer.start();
        started.push(server);
        yield server.uri();
      }
      case "redis" -> {
        RedisTestServer server = RedisTestServer.start();
        started.push(server);
        yield "redis://" + server.address();
      }
      default ->
          throw new BenchException(
              "--with knows postgresql and redis, not '%s'; give the URI of your server instead"
                  .formatted(name));
    };
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        System.err.println("tracestore: a server did not stop: " + e.getMessage());
      }
    }
  }
}
