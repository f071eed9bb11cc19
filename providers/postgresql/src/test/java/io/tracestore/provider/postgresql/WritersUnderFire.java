package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.testing.postgresql.PostgresServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that store one trace after the other, each again until it is acknowledged, while a test
 * does harm to the server; and the check that nothing was lost or is half there.
 */
final class WritersUnderFire implements AutoCloseable {
  private static final int THREADS = 8;

  /** The size of a batch; traces whose number it divides are stored in batches. */
  private static final int BATCH = 10;

  private final TraceStore store;
  private final Instant start = Instant.now();
  private final AtomicLong next = new AtomicLong();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stop;

  WritersUnderFire(TraceStore store) {
    this.store = store;
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> unexpected.add(failure))
              .start(this::write));
    }
  }

  private void write() {
    while (!stop) {
      long number = next.getAndAdd(BATCH);
      List<FlowTrace> batch = new ArrayList<>();
      for (long i = number; i < number + BATCH; i++) {
        batch.add(trace(i));
      }
      if (number % (2 * BATCH) == 0) {
        untilAcknowledged(() -> store.storeTraces(batch));
        batch.forEach(trace -> acknowledged.add(numberOf(trace)));
      } else {
        for (FlowTrace trace : batch) {
          untilAcknowledged(() -> store.storeTrace(trace));
          acknowledged.add(numberOf(trace));
        }
      }
    }
  }

  private static void untilAcknowledged(Runnable call) {
    while (true) {
      try {
        call.run();
        return;
      } catch (TraceStoreException e) {
        if (!e.isRetryable()) {
          throw e;
        }
      }
    }
  }

  private FlowTrace trace(long number) {
    return PostgresTests.trace(number, start.minusMillis(number));
  }

  private static long numberOf(FlowTrace trace) {
    return trace.traceId().value().getMostSignificantBits();
  }

  /** How many traces were acknowledged so far. */
  int acknowledged() {
    return acknowledged.size();
  }

  /** Waits until {@code count} more writes were acknowledged. */
  void awaitMore(int count) {
    int goal = acknowledged() + count;
    PostgresTests.await(
        count + " more acknowledged writes; unexpected: " + unexpected,
        () -> acknowledged() >= goal || !unexpected.isEmpty());
    assertThat(unexpected).isEmpty();
  }

  /** Ends the writers and checks what is stored, event by event. */
  void check(PostgresServer server, String uri) throws InterruptedException {
    stop = true;
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(unexpected).isEmpty();
    List<FlowTrace> expected = acknowledged.stream().sorted().map(this::trace).toList();
    assertThat(store.queryTraces(TraceQuery.builder().limit(expected.size() + 1).build()))
        .isEqualTo(expected);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(expected.size());
    assertThat(server.select(uri, "SELECT count(*) FROM events"))
        .containsExactly(Integer.toString(5 * expected.size()));
  }

  @Override
  public void close() {
    stop = true;
  }
}
