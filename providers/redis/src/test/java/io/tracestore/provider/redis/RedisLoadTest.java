package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.SharedServers;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More callers than commands may be unanswered. */
class RedisLoadTest {
  private static final int CALLERS = 5_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "&maxConnections=1",
        "&maxConnections=1&maxInFlight=64",
        "&maxInFlight=2",
        "&maxInFlight=1"
      })
  void callersWaitAndNoneFails(String options) {
    String uri = SharedServers.newDatabase(RedisServer.embedded());
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    try (TraceStore store = TraceStores.open(uri + "?ttl=none&timeoutMs=60s" + options)) {
      store.storeTrace(RedisSamples.trace(1));
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < CALLERS; i++) {
          threads.execute(() -> {
            try {
              assertThat(store.getTrace(RedisSamples.trace(1).traceId()))
                  .isEqualTo(Optional.of(RedisSamples.trace(1)));
            } catch (RuntimeException | Error e) {
              failures.add(e);
            }
          });
        }
      }
    }
    assertThat(failures).isEmpty();
  }
}
