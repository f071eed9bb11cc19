package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import io.tracestore.TraceStores;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary, a replica, and a sentinel that puts the one in the place of the other. */
class RedisSentinelTest {
  private static final long PATIENCE_MS = 120_000;

  @TempDir private Path directory;

  @Test
  void aStoreFollowsTheSentinelToTheNextPrimary() {
    String binary = RedisServer.installedOrSkip();
    try (RedisServer primary = RedisServer.start(binary, directory);
        RedisServer replica =
            RedisServer.start(
                binary, directory, "--replicaof", "127.0.0.1", String.valueOf(primary.port()));
        RedisServer sentinel = RedisServer.startSentinel(binary, directory, "traces", primary)) {
      awaitThatTheSentinelKnows(sentinel, replica);
      try (TraceStore store =
          TraceStores.open(
              "redis-sentinel://%s?sentinelMaster=traces&ttl=none&timeoutMs=30s"
                  .formatted(sentinel.host()))) {
        store.storeTrace(RedisSamples.trace(1));
        try (RedisSession session = RedisSession.open(primary.uri())) {
          assertThat(session.commands().waitForReplication(1, PATIENCE_MS)).isEqualTo(1);
        }
        primary.kill();
        store.storeTrace(RedisSamples.trace(2));
        assertThat(store.queryTraces(TraceQuery.ALL))
            .containsExactly(RedisSamples.trace(2), RedisSamples.trace(1));
      }
    }
  }

  private static void awaitThatTheSentinelKnows(RedisServer sentinel, RedisServer replica) {
    RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", sentinel.port()));
    try (StatefulRedisSentinelConnection<String, String> connection = client.connectSentinel()) {
      long end = System.nanoTime() + Duration.ofMillis(PATIENCE_MS).toNanos();
      String port = String.valueOf(replica.port());
      while (connection.sync().replicas("traces").stream()
          .noneMatch(known -> port.equals(known.get("port")))) {
        assertThat(System.nanoTime()).as("the sentinel finds the replica in time").isLessThan(end);
      }
    } finally {
      client.shutdown();
    }
  }
}
