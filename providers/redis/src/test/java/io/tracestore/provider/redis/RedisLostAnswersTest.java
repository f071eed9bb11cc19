package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.net.CuttableProxy;
import io.tracestore.testing.net.HoldingProxy;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.RedisSession;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls whose answer does not come, or comes late. */
class RedisLostAnswersTest {
  /** More than the answers of a call have. */
  private static final int BYTES = 40;

  private static final Duration PATIENCE = Duration.ofMinutes(2);

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

  private static String uri(int port, String options) {
    return "redis://127.0.0.1:" + port + "?ttl=none" + options;
  }

  @Test
  void aDeleteWhoseAnswerIsLostStillSaysThatItRemoved() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy("127.0.0.1", server.port());
        TraceStore store = TraceStores.open(uri(proxy.port(), ""))) {
      store.deleteTrace(RedisSamples.trace(0).traceId()); // the server knows the script then
      for (int cut = 0; cut < 4; cut++) {
        store.storeTrace(RedisSamples.trace(cut));
        proxy.cutAnswersAfter(cut);
        assertThat(store.deleteTrace(RedisSamples.trace(cut).traceId())).isTrue();
        assertThat(store.deleteTrace(RedisSamples.trace(cut).traceId())).isFalse();
      }
      assertThat(proxy.cuts()).isEqualTo(4);
    }
  }

  @Test
  void aPurgeWhoseAnswerIsLostStillSaysHowManyItRemoved() throws Exception {
    try (CuttableProxy proxy = new CuttableProxy("127.0.0.1", server.port());
        TraceStore store = TraceStores.open(uri(proxy.port(), ""))) {
      store.purgeBefore(Instant.MAX);
      for (int cut = 0; cut < BYTES; cut++) {
        store.storeTraces(List.of(RedisSamples.trace(0), RedisSamples.trace(1)));
        proxy.cutAnswersAfter(cut);
        assertThat(store.purgeBefore(Instant.MAX)).isEqualTo(2);
        proxy.cutAnswersAfter(Long.MAX_VALUE);
      }
      assertThat(proxy.cuts()).isPositive();
    }
  }

  @Test
  void aLaterVersionInABatchIsNotStoredBeforeAnEarlierOneThatTimedOut() throws Exception {
    FlowTrace running = RedisSamples.trace(1).toBuilder().status(ExecutionStatus.running()).build();
    List<FlowTrace> versions =
        List.of(running, running.toBuilder().status(ExecutionStatus.failed("no")).build());
    try (HoldingProxy proxy = new HoldingProxy("127.0.0.1", server.port());
        TraceStore direct = TraceStores.open(uri(server.port(), ""));
        TraceStore store = TraceStores.open(uri(proxy.port(), "&timeoutMs=300"))) {
      store.storeTrace(RedisSamples.trace(0));
      try (HoldingProxy.Hold hold = proxy.holdRequest(1)) {
        BatchStoreException failure =
            catchThrowableOfType(BatchStoreException.class, () -> store.storeTraces(versions));
        assertThat(hold.isReached()).isTrue();
        assertThat(failure.failures())
            .extracting(BatchStoreException.Failure::index)
            .containsExactly(0, 1);
        assertThat(failure.failures())
            .allSatisfy(each -> assertThat(each.cause().isRetryable()).isTrue());
        assertThat(direct.getTrace(running.traceId())).isEmpty();
      }
      storeUntilDone(store, versions);
      assertThat(direct.getTrace(running.traceId())).contains(versions.get(1));
    }
  }

  @Test
  void aLaterWriteIsNotOvertakenByOneThatTimedOut() throws Exception {
    FlowTrace first = RedisSamples.trace(1).toBuilder().status(ExecutionStatus.running()).build();
    FlowTrace second = first.toBuilder().status(ExecutionStatus.pending()).build();
    try (HoldingProxy proxy = new HoldingProxy("127.0.0.1", server.port());
        RedisSession session = RedisSession.open(server.uri());
        TraceStore store = TraceStores.open(uri(proxy.port(), "&timeoutMs=500"))) {
      store.storeTrace(RedisSamples.trace(0));
      session.commands().configResetstat();
      CompletableFuture<Void> later;
      try (HoldingProxy.Hold hold = proxy.holdRequest(1)) {
        assertThatThrownBy(() -> store.storeTrace(first)).isInstanceOf(StoreTimeoutException.class);
        assertThat(hold.isReached()).isTrue();
        later = CompletableFuture.runAsync(() -> storeUntilDone(store, List.of(second)));
      }
      later.get();
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!session
              .commands()
              .info("commandstats")
              .matches("(?s).*cmdstat_evalsha:calls=([2-9]|\\d\\d).*")
          && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(store.getTrace(first.traceId())).contains(second);
    }
  }

  private static void storeUntilDone(TraceStore store, List<FlowTrace> traces) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        store.storeTraces(traces);
        return;
      } catch (BatchStoreException e) {
        assertThat(System.nanoTime()).isLessThan(end);
      }
    }
  }

  @Test
  void aCursorGoesOnWhereItWasAfterATimeout() throws Exception {
    int count = 700;
    List<FlowTrace> traces = IntStream.range(0, count).mapToObj(RedisSamples::trace).toList();
    try (TraceStore writer = TraceStores.open(uri(server.port(), ""))) {
      writer.storeTraces(traces);
    }
    try (HoldingProxy proxy = new HoldingProxy("127.0.0.1", server.port());
        TraceStore store = TraceStores.open(uri(proxy.port(), "&timeoutMs=300"))) {
      for (int request = 1; request < 40; request += 3) {
        List<FlowTrace> seen = new ArrayList<>();
        TraceQuery query = TraceQuery.builder().withEvents(false).build();
        try (TraceCursor cursor = store.openCursor(query);
            HoldingProxy.Hold hold = proxy.holdRequest(request)) {
          boolean more = true;
          while (more) {
            try {
              more = cursor.hasNext();
              if (more) {
                seen.add(cursor.next());
              }
            } catch (StoreTimeoutException e) {
              hold.release();
            }
          }
        }
        assertThat(seen)
            .extracting(FlowTrace::traceId)
            .isEqualTo(traces.reversed().stream().map(FlowTrace::traceId).toList());
      }
    }
  }
}
