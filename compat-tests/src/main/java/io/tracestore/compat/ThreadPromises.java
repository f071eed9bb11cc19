package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Promise 8: a store is safe from thousands of threads, and an interrupt harms nobody else. */
abstract class ThreadPromises extends StorePromises {
  private static final int THREADS = 2000;

  @Test
  void thousandsOfThreadsLoseNothing() throws InterruptedException {
    inThreads(THREADS, number -> store().storeTrace(Samples.trace(number)));
    isAnswer(
        store().queryTraces(TraceQuery.builder().limit(THREADS + 1).build()),
        Samples.traces(0, THREADS).reversed());
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(THREADS);
  }

  @Test
  void thousandsOfThreadsMayAddToOneTrace() throws InterruptedException {
    TraceId id = Samples.traceId(1);
    inThreads(
        THREADS,
        number -> {
          if (number == THREADS / 2) {
            store().storeTrace(Samples.header(1));
          }
          store().storeEvent(id, Samples.event(number));
        });
    isAnswer(
        store().getTrace(id),
        Optional.of(Samples.header(1).withEvents(Samples.events(0, THREADS))));
  }

  @Test
  void writesThatManyThreadsRepeatAreStoredOnce() throws InterruptedException {
    inThreads(THREADS, number -> store().storeTrace(Samples.trace(number % 10)));
    isAnswer(store().queryTraces(TraceQuery.ALL), Samples.traces(0, 10).reversed());
  }

  @Test
  void readersAndWritersAndDeletersMayMix() throws InterruptedException {
    store().storeTraces(Samples.traces(0, 300));
    inThreads(
        900,
        number -> {
          FlowTrace mine = Samples.trace(1000 + number);
          switch (number % 3) {
            case 0 -> store().storeTrace(mine);
            case 1 -> store().deleteTrace(Samples.traceId(number / 3));
            default -> store().queryTraces(TraceQuery.builder().actor("actor").limit(5).build());
          }
        });
    List<FlowTrace> left =
        LongStream.range(0, 300).map(i -> 1897 - 3 * i).mapToObj(Samples::trace).toList();
    isAnswer(store().queryTraces(TraceQuery.builder().limit(1000).build()), left);
  }

  @Test
  void ofManyThatConflictOneIdentityWins() throws InterruptedException {
    AtomicInteger stored = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    inThreads(
        200,
        number -> {
          FlowTrace trace =
              Samples.header(1).toBuilder()
                  .flowId("flow " + number)
                  .event(Samples.event(number))
                  .build();
          try {
            store().storeTrace(trace);
            stored.incrementAndGet();
          } catch (StoreConflictException e) {
            refused.incrementAndGet();
          }
        });
    assertThat(List.of(stored.get(), refused.get())).containsExactly(1, 199);
    assertThat(store().getEvents(Samples.traceId(1))).hasSize(1);
  }

  @Test
  void aFinishedTraceStaysFinishedInAnyOrderOfWrites() throws InterruptedException {
    inThreads(
        500,
        number ->
            store()
                .storeTrace(
                    Samples.header(number / 10).toBuilder()
                        .status(
                            number % 10 == 4
                                ? ExecutionStatus.completed()
                                : ExecutionStatus.running())
                        .build()));
    assertThat(store().count(TraceQuery.builder().status(ExecutionStatus.Kind.COMPLETED).build()))
        .isEqualTo(50);
  }

  @Test
  void anInterruptedCallerKeepsItsFlagAndTheStoreStaysUsable() {
    TraceId id = Samples.traceId(1);
    List<Runnable> calls =
        List.of(
            () -> store().storeTrace(Samples.trace(1)),
            () -> store().storeTraces(Samples.traces(0, 3)),
            () -> store().storeEvents(id, Samples.events(0, 2)),
            () -> store().getTrace(id),
            () -> store().getEvents(id),
            () -> store().queryTraces(TraceQuery.ALL),
            () -> store().count(TraceQuery.ALL),
            () -> store().deleteTrace(id));
    for (Runnable call : calls) {
      Thread.currentThread().interrupt();
      Throwable thrown = thrownBy(call);
      boolean flag = Thread.interrupted();
      assertThat(flag).as("the interrupt flag").isTrue();
      assertThat(thrown == null || thrown instanceof TraceStoreException)
          .as("done, or a TraceStoreException: %s", thrown)
          .isTrue();
    }
    store().storeTrace(Samples.trace(7));
    isAnswer(store().getTrace(Samples.traceId(7)), Optional.of(Samples.trace(7)));
  }

  @Test
  void interruptsInTheMiddleOfWritesLoseNothingThatReturned() throws InterruptedException {
    ConcurrentLinkedQueue<FlowTrace> returned = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    CountDownLatch writing = new CountDownLatch(50);
    List<Thread> writers = new ArrayList<>();
    for (int writer = 0; writer < 50; writer++) {
      int first = writer * 1000;
      writers.add(
          Thread.ofVirtual()
              .start(() -> writeUntilInterrupted(first, writing, returned, unexpected)));
    }
    writing.await();
    writers.forEach(Thread::interrupt);
    for (Thread writer : writers) {
      writer.join();
    }
    assertThat(unexpected).isEmpty();
    for (FlowTrace trace : returned) {
      isAnswer(store().getTrace(trace.traceId()), Optional.of(trace));
    }
    inThreads(100, number -> store().storeTrace(Samples.trace(100_000 + number)));
    isAnswer(
        store().queryTraces(TraceQuery.builder().limit(100).build()),
        Samples.traces(100_000, 100_100).reversed());
  }

  private void writeUntilInterrupted(
      int first,
      CountDownLatch writing,
      ConcurrentLinkedQueue<FlowTrace> returned,
      ConcurrentLinkedQueue<Throwable> unexpected) {
    for (int number = first;
        number < first + 1000 && !Thread.currentThread().isInterrupted();
        number++) {
      FlowTrace trace = Samples.trace(number);
      try {
        store().storeTrace(trace);
        returned.add(trace);
      } catch (TraceStoreException e) {
        if (!Thread.currentThread().isInterrupted()) {
          unexpected.add(e);
        }
      } catch (RuntimeException | Error e) {
        unexpected.add(e);
      }
      writing.countDown();
    }
  }

  private static @Nullable Throwable thrownBy(Runnable call) {
    try {
      call.run();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }
}
