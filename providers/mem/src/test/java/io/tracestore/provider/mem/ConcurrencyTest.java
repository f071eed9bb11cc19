package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.event;
import static io.tracestore.provider.mem.TestTraces.open;
import static io.tracestore.provider.mem.TestTraces.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class ConcurrencyTest {
  private static final int THREADS = 500;

  /** Runs {@code task} in many virtual threads at once; a failure in one fails the test. */
  private static void inParallel(IntConsumer task) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        running.add(threads.submit(() -> task.accept(number)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  @Test
  void tracesStoredByManyThreadsAreAllThere() throws Exception {
    try (TraceStore store = open("mem:")) {
      inParallel(number -> {
        for (int i = 0; i < 10; i++) {
          store.storeTrace(trace(number * 10 + i));
        }
      });
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(THREADS * 10L);
      assertThat(store.count(TraceQuery.builder().flowId("flow").build())).isEqualTo(THREADS * 10L);
      assertThat(store.queryTraces(TraceQuery.builder().actor("actor").limit(10_000).build()))
          .hasSize(THREADS * 10)
          .isSortedAccordingTo(FlowTrace.NEWEST_FIRST);
    }
  }

  @Test
  void eventsStoredByManyThreadsInOneTraceAreAllThere() throws Exception {
    try (TraceStore store = open("mem:?maxEventsPerTrace=10000")) {
      TraceId id = TraceId.random();
      inParallel(number -> {
        for (int i = 0; i < 4; i++) {
          store.storeEvent(id, event(number * 4 + i, "actor-" + number % 7));
          assertThat(store.getEvents(id)).isNotEmpty();
        }
      });
      assertThat(store.getEvents(id))
          .hasSize(THREADS * 4)
          .isSortedAccordingTo((a, b) -> a.timestamp().compareTo(b.timestamp()));
    }
  }

  @Test
  void aFullStoreKeepsItsBoundWhileManyThreadsWriteAndRead() throws Exception {
    try (TraceStore store = open("mem:?maxTraces=50")) {
      inParallel(number -> {
        for (int i = 0; i < 10; i++) {
          FlowTrace trace = trace(number * 10 + i);
          store.storeTrace(trace);
          store.getTrace(trace.traceId());
          assertThat(store.count(TraceQuery.ALL)).isLessThanOrEqualTo(50);
        }
      });
      assertThat(store.metrics().counters())
          .containsEntry("traces", 50L)
          .containsEntry("evictedTraces", THREADS * 10L - 50);
      assertThat(store.queryTraces(TraceQuery.ALL)).hasSize(50);
    }
  }

  @Test
  void readersNeverSeeAHeaderWithoutItsEvents() throws Exception {
    FlowTrace running =
        trace(0, "flow", "first").toBuilder().status(ExecutionStatus.running()).build();
    try (TraceStore store = open("mem:?maxEventsPerTrace=10000")) {
      store.storeTrace(running);
      AtomicBoolean done = new AtomicBoolean();
      try (ExecutorService reader = Executors.newSingleThreadExecutor()) {
        Future<Boolean> whole =
            reader.submit(() -> {
              boolean everyReadWasWhole = true;
              while (!done.get()) {
                everyReadWasWhole &=
                    store.queryTraces(TraceQuery.ALL).stream().allMatch(ConcurrencyTest::isWhole);
              }
              return everyReadWasWhole;
            });
        for (int i = 1; i < 2_000; i++) {
          // The duration of the trace says how many events it has.
          store.storeTrace(
              running.toBuilder()
                  .endTime(running.startTime().plusNanos(i))
                  .events(List.of(event(i, "later")))
                  .build());
        }
        done.set(true);
        assertThat(whole.get()).isTrue();
      }
    }
  }

  private static boolean isWhole(FlowTrace trace) {
    return trace.endTime() == null
        || trace.endTime().minusNanos(trace.events().size() - 1).equals(trace.startTime());
  }

  @Test
  void anInterruptedWriterFailsAndTheStoreStaysUsable() {
    try (TraceStore store = open("mem:")) {
      FlowTrace trace = trace(0);
      Thread.currentThread().interrupt();
      assertThatExceptionOfType(TraceStoreException.class)
          .isThrownBy(() -> store.storeTrace(trace))
          .withMessage("interrupted while waiting to write to mem:");
      assertThat(Thread.interrupted()).isTrue();
      store.storeTrace(trace);
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }
}
