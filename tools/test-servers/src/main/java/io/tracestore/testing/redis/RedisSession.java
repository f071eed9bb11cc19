package io.tracestore.testing.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;

/** A plain connection of a test to a server, past the store. */
public final class RedisSession implements AutoCloseable {
  private final RedisClient client;
  private final StatefulRedisConnection<String, String> connection;

  private RedisSession(RedisClient client) {
    this.client = client;
    this.connection = client.connect();
  }

  /** Connects to {@code redis://host:port/database}. */
  public static RedisSession open(String uri) {
    return new RedisSession(RedisClient.create(RedisURI.create(uri)));
  }

  public RedisCommands<String, String> commands() {
    return connection.sync();
  }

  @Override
  public void close() {
    client.shutdown();
  }
}
