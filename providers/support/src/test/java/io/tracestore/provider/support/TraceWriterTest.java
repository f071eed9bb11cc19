package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A writer stores in the background, and its listener gets everything that it cannot store. */
@Timeout(60)
class TraceWriterTest {
  private static final Duration EVER = Duration.ofDays(1);
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final Target store = new Target();
  private final Lost lost = new Lost();

  /** A store that fails as a test says. */
  private static final class Target extends FakeStore {
    final Map<TraceId, Map<EventId, TraceEvent>> eventsOf = new ConcurrentHashMap<>();
    final List<String> calls = new CopyOnWriteArrayList<>();
    volatile Runnable beforeWrite = () -> {};
    volatile Consumer<List<TraceEvent>> beforeEvents = batch -> {};

    @Override
    protected void doStoreTrace(FlowTrace trace) {
      beforeWrite.run();
      super.doStoreTrace(trace);
      calls.add("trace " + trace.status().kind());
    }

    @Override
    protected void doStoreEvents(TraceId traceId, List<TraceEvent> batch) {
      beforeWrite.run();
      beforeEvents.accept(batch);
      Map<EventId, TraceEvent> byId =
          eventsOf.computeIfAbsent(traceId, id -> new ConcurrentHashMap<>());
      batch.forEach(event -> byId.put(event.eventId(), event));
      calls.add("events " + batch.size());
    }
  }

  private static final class Lost implements WriterListener {
    final ConcurrentLinkedQueue<FlowTrace> traces = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<TraceEvent> events = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<TraceStoreException> causes = new ConcurrentLinkedQueue<>();

    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      traces.add(trace);
      causes.add(cause);
    }

    @Override
    public void eventsNotWritten(TraceId id, List<TraceEvent> list, TraceStoreException cause) {
      events.addAll(list);
      causes.add(cause);
    }
  }

  private WriterOptions.Builder options() {
    return WriterOptions.builder(lost).backoff(Duration.ofNanos(1), Duration.ofMillis(2));
  }

  private static FlowTrace trace(int number) {
    return FlowTrace.builder("flow")
        .traceId(new TraceId(new UUID(1, number)))
        .executionId(new ExecutionId(new UUID(3, number)))
        .startTime(START)
        .status(ExecutionStatus.running())
        .build();
  }

  private static TraceEvent event(int number) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor")
        .eventId(new EventId(new UUID(2, number)))
        .timestamp(START)
        .build();
  }

  private static StoreUnavailableException away() {
    return new StoreUnavailableException("away", null);
  }

  @Test
  void writtenItemsAreStoredAfterTheClose() {
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      for (int i = 0; i < 2500; i++) {
        writer.write(trace(i));
        writer.write(trace(i).traceId(), event(i));
      }
    }
    assertThat(store.traces).hasSize(2500);
    assertThat(store.eventsOf).hasSize(2500);
    assertThat(lost.causes).isEmpty();
  }

  @Test
  void aFlushWaitsForAllThatWasWrittenBefore() {
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(trace(1));
      writer.write(trace(2).traceId(), event(1));
      writer.flush();
      assertThat(store.traces).hasSize(1);
      assertThat(store.eventsOf).hasSize(1);
      assertThat(writer.metrics().queuedItems()).isZero();
      assertThat(writer.metrics().queuedBytes()).isZero();
      assertThat(writer.metrics().writtenItems()).isEqualTo(2);
      assertThat(writer.metrics().batches()).isEqualTo(1);
    }
  }

  @Test
  void aBatchIsWrittenOnceItIsComplete() throws InterruptedException {
    CountDownLatch stored = new CountDownLatch(3);
    store.beforeWrite = stored::countDown;
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).batchItems(3).build())) {
      writer.write(trace(1));
      writer.write(trace(2));
      writer.write(trace(3));
      stored.await();
    }
    assertThat(store.traces).hasSize(3);
  }

  @Test
  void anItemDoesNotWaitLongerThanTheDelayForOthers() throws InterruptedException {
    CountDownLatch stored = new CountDownLatch(1);
    store.beforeWrite = stored::countDown;
    try (TraceWriter writer = store.writer(options().maxDelay(Duration.ofMillis(1)).build())) {
      writer.write(trace(1));
      stored.await();
    }
    assertThat(store.traces).hasSize(1);
  }

  @Test
  void eventsOfATraceAreOneCallAndStayInOrderWithItsHeaders() {
    TraceId id = trace(1).traceId();
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(trace(1));
      writer.write(id, event(1));
      writer.write(id, event(2));
      writer.write(trace(1).toBuilder().status(ExecutionStatus.completed()).build());
      writer.write(id, event(3));
    }
    assertThat(store.calls)
        .containsExactly("trace RUNNING", "events 2", "trace COMPLETED", "events 1");
  }

  @Test
  void headersAndEventsOfManyTracesThatAlternateAreStoredTogether() {
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      for (int i = 0; i < 100; i++) {
        writer.write(trace(i));
        writer.write(trace(i).traceId(), event(1));
        writer.write(trace(i).toBuilder().status(ExecutionStatus.completed()).build());
        writer.write(trace(i).traceId(), event(2));
      }
      writer.flush();
      assertThat(writer.metrics().batches()).isEqualTo(2);
    }
    assertThat(store.traces.values())
        .hasSize(100)
        .allSatisfy(trace -> assertThat(trace.status()).isEqualTo(ExecutionStatus.completed()));
    assertThat(store.eventsOf.values())
        .hasSize(100)
        .allSatisfy(events -> assertThat(events).hasSize(2));
  }

  @Test
  void aFullQueueMakesTheCallerWait() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    try (TraceWriter writer = store.writer(options().queueBytes(1).build())) {
      writer.write(trace(1));
      Thread second = Thread.ofPlatform().start(() -> writer.write(trace(2)));
      awaitState(second, Thread.State.WAITING);
      assertThat(writer.metrics().queuedItems()).isEqualTo(1);
      goOn.countDown();
      second.join();
    }
    assertThat(store.traces).hasSize(2);
    assertThat(lost.causes).isEmpty();
  }

  @Test
  void aCallerThatIsInterruptedWhileItWaitsHearsIt() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    try (TraceWriter writer = store.writer(options().queueBytes(1).build())) {
      writer.write(trace(1));
      Thread second =
          Thread.ofPlatform()
              .uncaughtExceptionHandler((thread, failure) -> thrown.add(failure))
              .start(() -> writer.write(trace(2)));
      awaitState(second, Thread.State.WAITING);
      second.interrupt();
      second.join();
      goOn.countDown();
    }
    assertThat(thrown)
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .hasMessage("interrupted while waiting for room in the writer of " + store);
    assertThat(store.traces).hasSize(1);
  }

  @Test
  void aFullQueueThatDropsGivesTheItemToTheListener() {
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    WriterOptions options = options().queueBytes(1).overflow(WriterOptions.Overflow.DROP).build();
    try (TraceWriter writer = store.writer(options)) {
      writer.write(trace(1));
      writer.write(trace(2));
      assertThat(writer.metrics().droppedItems()).isEqualTo(1);
      goOn.countDown();
    }
    assertThat(store.traces).containsOnlyKeys(trace(1).traceId());
    assertThat(lost.traces).containsExactly(trace(2));
    assertThat(lost.causes).singleElement().isInstanceOf(StoreCapacityException.class);
  }

  @Test
  void aRetryableFailureIsTriedAgain() {
    AtomicInteger failures = new AtomicInteger(7);
    store.beforeWrite =
        () -> {
          if (failures.getAndDecrement() > 0) {
            throw away();
          }
        };
    try (TraceWriter writer = store.writer(options().build())) {
      writer.write(trace(1));
      writer.write(trace(2).traceId(), event(1));
      writer.flush();
      assertThat(writer.metrics().retries()).isBetween(6L, 7L);
    }
    assertThat(store.traces).hasSize(1);
    assertThat(store.eventsOf).hasSize(1);
    assertThat(lost.causes).isEmpty();
  }

  @Test
  void anItemThatCannotBeStoredGoesToTheListenerAloneAndAtOnce() {
    FlowTrace bad = trace(2).toBuilder().flowId("bad").build();
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(trace(1));
      writer.write(bad);
      writer.write(trace(3));
      writer.flush();
      assertThat(writer.metrics().lostItems()).isEqualTo(1);
      assertThat(writer.metrics().retries()).isZero();
    }
    assertThat(store.traces).containsOnlyKeys(trace(1).traceId(), trace(3).traceId());
    assertThat(lost.traces).containsExactly(bad);
    assertThat(lost.causes).singleElement().isInstanceOf(StoreConflictException.class);
  }

  @Test
  void anItemThatIsNotStoredInTimeGoesToTheListener() {
    store.beforeWrite =
        () -> {
          throw away();
        };
    try (TraceWriter writer = store.writer(options().retryFor(Duration.ofMillis(5)).build())) {
      writer.write(trace(1));
      writer.write(trace(2).traceId(), event(1));
      writer.flush();
    }
    assertThat(lost.traces).containsExactly(trace(1));
    assertThat(lost.events).containsExactly(event(1));
    assertThat(lost.causes)
        .hasSize(2)
        .allSatisfy(cause -> assertThat(cause).isInstanceOf(StoreUnavailableException.class));
  }

  @Test
  void aProgrammingErrorOfAStoreGoesToTheListenerAndTheWriterGoesOn() {
    AtomicInteger failures = new AtomicInteger(1);
    store.beforeWrite =
        () -> {
          if (failures.getAndDecrement() > 0) {
            throw new IllegalStateException("a bug");
          }
        };
    try (TraceWriter writer = store.writer(options().build())) {
      writer.write(trace(1));
      writer.flush();
      writer.write(trace(2));
    }
    assertThat(lost.traces).containsExactly(trace(1));
    assertThat(store.traces).containsOnlyKeys(trace(2).traceId());
  }

  @Test
  void aListenerThatFailsDoesNotStopTheWriter() {
    WriterListener failing =
        new WriterListener() {
          @Override
          public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
            throw new IllegalStateException("on purpose");
          }

          @Override
          public void eventsNotWritten(
              TraceId id, List<TraceEvent> events, TraceStoreException cause) {
            throw new IllegalStateException("on purpose");
          }
        };
    try (TraceWriter writer = store.writer(WriterOptions.builder(failing).build())) {
      writer.write(trace(1).toBuilder().flowId("bad").build());
      writer.flush();
      writer.write(trace(2));
    }
    assertThat(store.traces).hasSize(1);
  }

  /** Runs {@code call} and counts; a listener of that sort is given to the tests below. */
  private record Calling(Runnable call, AtomicInteger calls) implements WriterListener {
    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      calls.incrementAndGet();
      call.run();
    }

    @Override
    public void eventsNotWritten(TraceId id, List<TraceEvent> events, TraceStoreException cause) {
      traceNotWritten(trace(0), cause);
    }
  }

  static Stream<Throwable> anything() {
    return Stream.of(
        new IllegalStateException("on purpose"),
        new AssertionError("on purpose"),
        new NoClassDefFoundError("on/Purpose"),
        new StackOverflowError(),
        new IOException("a checked one, as other languages throw it"));
  }

  @ParameterizedTest
  @MethodSource("anything")
  void whateverAListenerOrItsHandlerThrowsTheWriterGoesOn(Throwable failure) {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    ConcurrentLinkedQueue<Throwable> handled = new ConcurrentLinkedQueue<>();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      handled.add(e);
      throwAny(e);
    });
    try {
      Calling failing = new Calling(() -> throwAny(failure), new AtomicInteger());
      try (TraceWriter writer = store.writer(WriterOptions.builder(failing).build())) {
        writer.write(bad(1));
        writer.flush();
        writer.write(bad(2));
        writer.write(trace(3));
        writer.flush();
        assertThat(writer.metrics().lostItems()).isEqualTo(2);
        assertThat(writer.metrics().writtenItems()).isEqualTo(1);
      }
      assertThat(failing.calls()).hasValue(2);
      assertThat(handled).containsExactly(failure, failure);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(store.traces).containsOnlyKeys(trace(3).traceId());
  }

  @ParameterizedTest
  @MethodSource("anything")
  void whateverAStoreThrowsGoesToTheListenerOnceAndTheWriterGoesOn(Throwable failure) {
    AtomicInteger failures = new AtomicInteger(1);
    store.beforeWrite =
        () -> {
          if (failures.getAndDecrement() > 0) {
            throwAny(failure);
          }
        };
    try (TraceWriter writer = store.writer(options().build())) {
      writer.write(trace(1));
      writer.flush();
      writer.write(trace(2));
      writer.flush();
      assertThat(writer.metrics().lostItems()).isEqualTo(1);
    }
    assertThat(lost.traces).containsExactly(trace(1));
    assertThat(lost.causes).extracting(Throwable::getCause).containsExactly(failure);
    assertThat(store.traces).containsOnlyKeys(trace(2).traceId());
  }

  @Test
  void aListenerMayCloseItsWriter() {
    CompletableFuture<TraceWriter> writer = new CompletableFuture<>();
    Calling closing = new Calling(() -> writer.join().close(), new AtomicInteger());
    writer.complete(store.writer(WriterOptions.builder(closing).maxDelay(EVER).build()));
    writer.join().write(bad(1));
    writer.join().write(trace(2));
    writer.join().flush();
    writer.join().close();

    assertThat(closing.calls()).hasValue(1);
    assertThat(store.traces).containsOnlyKeys(trace(2).traceId());
    assertThatThrownBy(() -> writer.join().write(trace(3)))
        .isInstanceOf(StoreClosedException.class);
  }

  @Test
  void aListenerThatFlushesItsWriterGetsAnErrorInsteadOfWaitingForItself() {
    CompletableFuture<TraceWriter> writer = new CompletableFuture<>();
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    Calling flushing =
        new Calling(
            () -> thrown.add(catchThrowable(() -> writer.join().flush())), new AtomicInteger());
    writer.complete(store.writer(WriterOptions.builder(flushing).build()));
    writer.join().write(bad(1));
    writer.join().flush();
    writer.join().close();

    assertThat(thrown)
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .isExactlyInstanceOf(TraceStoreException.class)
        .hasMessage(
            "the writer of "
                + store
                + " cannot be flushed by its own listener, which it waits for");
  }

  @Test
  void aListenerThatWritesAgainIsTakenAsLongAsThereIsRoomAndNeverWaits() {
    CompletableFuture<TraceWriter> writer = new CompletableFuture<>();
    AtomicInteger number = new AtomicInteger(1_000);
    ConcurrentLinkedQueue<Throwable> refused = new ConcurrentLinkedQueue<>();
    Calling again =
        new Calling(
            () -> {
              try {
                writer.join().write(trace(number.getAndIncrement()));
              } catch (StoreCapacityException e) {
                refused.add(e);
              }
            },
            new AtomicInteger());
    writer.complete(store.writer(WriterOptions.builder(again).queueBytes(20_000).build()));
    for (int i = 0; i < 200; i++) {
      writer.join().write(bad(i));
    }
    writer.join().flush();
    writer.join().close();

    assertThat(again.calls()).hasValue(200);
    assertThat(store.traces.size() + refused.size()).isEqualTo(200);
    assertThat(store.traces).isNotEmpty();
  }

  @Test
  void aListenerThatWritesWhatWasDroppedIsRefusedInsteadOfCalledForEver() {
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    CompletableFuture<TraceWriter> writer = new CompletableFuture<>();
    ConcurrentLinkedQueue<Throwable> refused = new ConcurrentLinkedQueue<>();
    Calling again =
        new Calling(
            () -> refused.add(catchThrowable(() -> writer.join().write(trace(3)))),
            new AtomicInteger());
    writer.complete(
        store.writer(
            WriterOptions.builder(again)
                .queueBytes(1)
                .overflow(WriterOptions.Overflow.DROP)
                .build()));
    writer.join().write(trace(1));
    writer.join().write(trace(2));
    goOn.countDown();
    writer.join().close();

    assertThat(again.calls()).hasValue(1);
    assertThat(refused).singleElement().isInstanceOf(StoreCapacityException.class);
    assertThat(store.traces).containsOnlyKeys(trace(1).traceId());
  }

  /** Fails the writes whose numbers are given, from 0, for a passing reason. */
  private void failOnce(Integer... numbers) {
    AtomicInteger number = new AtomicInteger();
    Set<Integer> failing = Set.of(numbers);
    store.beforeWrite =
        () -> {
          if (failing.contains(number.getAndIncrement())) {
            throw away();
          }
        };
  }

  private static FlowTrace version(ExecutionStatus status, String step, TraceEvent... events) {
    return trace(1).toBuilder()
        .status(status)
        .metadata(TraceMetadata.builder().tag("step", step).build())
        .build()
        .withEvents(List.of(events));
  }

  @Test
  void aVersionThatIsTriedAgainDoesNotUndoALaterOne() {
    failOnce(0);
    FlowTrace first = version(ExecutionStatus.running(), "1", event(1), event(2));
    TraceEvent second = event(2).toBuilder().actorId("later").build();
    FlowTrace last = version(ExecutionStatus.running(), "2", second);
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(first);
      writer.write(last);
      writer.flush();
      assertThat(writer.metrics().writtenItems()).isEqualTo(2);
    }
    // The retry is stored last: with the later header, and without the event that was replaced.
    assertThat(store.traces.values()).containsExactly(last.withEvents(List.of(event(1))));
    assertThat(lost.causes).isEmpty();
  }

  @Test
  void aFinishedVersionThatIsTriedAgainFinishesTheTraceAlsoAfterLaterOnes() {
    failOnce(0);
    FlowTrace finished = version(ExecutionStatus.completed(), "1");
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(finished);
      writer.write(version(ExecutionStatus.running(), "2"));
    }
    assertThat(store.traces.values()).containsExactly(finished);
  }

  @Test
  void aVersionIsTriedAgainWithoutWhatWasRefusedOfLaterOnes() {
    failOnce(0);
    FlowTrace first = version(ExecutionStatus.running(), "1");
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      writer.write(first);
      writer.write(version(ExecutionStatus.running(), "2").toBuilder().flowId("bad").build());
    }
    assertThat(store.traces.values()).containsExactly(first);
    assertThat(lost.traces).hasSize(1);
  }

  @Test
  void eventsThatAreRefusedTogetherAreStoredOneByOne() {
    store.beforeEvents =
        batch -> {
          if (batch.size() > 1 || batch.contains(event(3))) {
            throw new StoreCapacityException("too many, or too large", null);
          }
        };
    try (TraceWriter writer = store.writer(options().maxDelay(EVER).build())) {
      for (int i = 1; i <= 5; i++) {
        writer.write(trace(1).traceId(), event(i));
      }
      writer.flush();
      assertThat(writer.metrics().writtenItems()).isEqualTo(4);
      assertThat(writer.metrics().lostItems()).isEqualTo(1);
    }
    assertThat(store.eventsOf.values())
        .flatExtracting(Map::values)
        .containsExactlyInAnyOrder(event(1), event(2), event(4), event(5));
    assertThat(lost.events).containsExactly(event(3));
  }

  @Test
  void aLargeHeaderCountsWithAllThatItHolds() {
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    FlowTrace large =
        trace(1).toBuilder()
            .metadata(TraceMetadata.builder().tag("large", "x".repeat(1 << 20)).build())
            .build();
    WriterOptions options =
        options().queueBytes(1 << 20).overflow(WriterOptions.Overflow.DROP).build();
    try (TraceWriter writer = store.writer(options)) {
      writer.write(large);
      writer.write(large);
      assertThat(writer.metrics().droppedItems()).isEqualTo(1);
      goOn.countDown();
    }
  }

  @Test
  void aCloseGivesUpAStoreThatHeedsNoInterrupt() throws InterruptedException {
    CountDownLatch goOn = new CountDownLatch(1);
    store.beforeWrite = () -> awaitUninterruptibly(goOn);
    WriterOptions options = options().batchItems(1).closeTimeout(Duration.ofMillis(20)).build();
    TraceWriter writer = store.writer(options);
    writer.write(trace(1));
    writer.write(trace(2));
    Thread worker = threadNamed("tracestore-async-writer " + store);
    writer.close();
    assertThat(lost.traces).containsExactlyInAnyOrder(trace(1), trace(2));
    assertThat(writer.metrics().lostItems()).isEqualTo(2);

    goOn.countDown();
    worker.join();
    assertThat(lost.traces).hasSize(2);
    assertThat(writer.metrics().writtenItems()).isZero();
    assertThat(writer.metrics().queuedItems()).isZero();
  }

  private static FlowTrace bad(int number) {
    return trace(number).toBuilder().flowId("bad").build();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void throwAny(Throwable failure) throws T {
    throw (T) failure;
  }

  private static Thread threadNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aClosedWriterTakesNothing() {
    TraceWriter writer = store.writer(options().build());
    writer.close();
    writer.close();
    assertThatThrownBy(() -> writer.write(trace(1))).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> writer.write(trace(1).traceId(), event(1)))
        .isInstanceOf(StoreClosedException.class);
    assertThat(writer.metrics().queuedItems()).isZero();
  }

  @Test
  void itemsLeftWhenACloseRunsOutOfTimeGoToTheListener() {
    store.beforeWrite =
        () -> {
          throw away();
        };
    WriterOptions options = options().closeTimeout(Duration.ofMillis(20)).build();
    try (TraceWriter writer = store.writer(options)) {
      for (int i = 0; i < 1500; i++) {
        writer.write(trace(i));
        writer.write(trace(i).traceId(), event(i));
      }
    }
    assertThat(lost.traces).hasSize(1500);
    assertThat(lost.events).hasSize(1500);
    assertThat(lost.causes)
        .allSatisfy(cause -> assertThat(cause).isInstanceOf(StoreTimeoutException.class));
  }

  @Test
  void aCloseInterruptsAStoreThatHangs() {
    CountDownLatch never = new CountDownLatch(1);
    store.beforeWrite =
        () -> {
          try {
            never.await();
          } catch (InterruptedException e) {
            throw TraceStoreException.interrupted("hanging", e);
          }
        };
    WriterOptions options = options().closeTimeout(Duration.ofMillis(20)).build();
    try (TraceWriter writer = store.writer(options)) {
      writer.write(trace(1).traceId(), event(1));
      writer.write(trace(2).traceId(), event(2));
      writer.write(trace(3));
    }
    assertThat(lost.traces).hasSize(1);
    assertThat(lost.events).hasSize(2);
  }

  @Test
  void aStoreThatGoesAndComesBackAgainAndAgainLosesNothing() throws InterruptedException {
    Random random = new Random(1);
    store.beforeWrite =
        () -> {
          synchronized (random) {
            if (random.nextInt(10) < 7) {
              throw away();
            }
          }
        };
    int perThread = 2_000;
    List<Thread> threads = new ArrayList<>();
    try (TraceWriter writer = store.writer(options().queueBytes(100_000).batchItems(50).build())) {
      for (int t = 0; t < 4; t++) {
        int first = t * perThread;
        threads.add(
            Thread.startVirtualThread(() -> {
              for (int i = first; i < first + perThread; i++) {
                writer.write(trace(i));
                writer.write(trace(i).traceId(), event(i));
              }
            }));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      writer.flush();
      assertThat(writer.metrics().writtenItems()).isEqualTo(2L * 4 * perThread);
      assertThat(writer.metrics().retries()).isPositive();
    }
    assertThat(store.traces).hasSize(4 * perThread);
    assertThat(store.eventsOf).hasSize(4 * perThread);
    assertThat(lost.causes).isEmpty();
  }

  @Test
  void optionsThatMakeNoSenseAreRefusedByName() {
    assertThatThrownBy(() -> options().queueBytes(0).build())
        .hasMessage("queueBytes must be positive: 0");
    assertThatThrownBy(() -> options().batchItems(-1).build())
        .hasMessage("batchItems must be positive: -1");
    assertThatThrownBy(() -> options().maxDelay(Duration.ofNanos(-1)).build())
        .hasMessage("maxDelay must be between 0 and 365 days: PT-0.000000001S");
    assertThatThrownBy(
            () -> options().backoff(Duration.ofSeconds(2), Duration.ofSeconds(1)).build())
        .hasMessage("firstBackoff must not be above maxBackoff: PT2S, PT1S");
  }

  private static void awaitState(Thread thread, Thread.State state) {
    while (thread.getState() != state) {
      Thread.onSpinWait();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    boolean interrupted = false;
    while (true) {
      try {
        latch.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
