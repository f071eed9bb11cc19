package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Base of the tests of one concern: each test gets a new, empty store. */
@ExtendWith(FailureReport.class)
abstract class StorePromises {
  private KitStore kitStore;

  abstract StoreFixture fixture();

  @BeforeEach
  void openStore() {
    kitStore = KitStore.open(fixture());
  }

  @AfterEach
  void removeStore() {
    kitStore.close();
  }

  final TraceStore store() {
    return kitStore.store();
  }

  final KitStore kitStore() {
    return kitStore;
  }

  /** Runs {@code operation} on the store and on the reference; both must answer the same. */
  final void answersAlike(StoreOperation operation, ReferenceStore reference) {
    Object expected = operation.answerOf(reference);
    isAnswer(operation.toString(), operation.answerOf(store()), expected);
  }

  /** All that a cursor gives. */
  final List<FlowTrace> read(TraceQuery query) {
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = store().openCursor(query)) {
      cursor.forEachRemaining(read::add);
    }
    return read;
  }

  /** {@code query} gives {@code traces}, as a list and from a cursor, with and without events. */
  final void isGivenInEveryForm(TraceQuery query, List<FlowTrace> traces) {
    TraceQuery headers = query.toBuilder().withEvents(false).build();
    isAnswer(ShortText.of(query), store().queryTraces(query), traces);
    isAnswer(ShortText.of(headers), store().queryTraces(headers), withoutEvents(traces));
    isAnswer("cursor " + ShortText.of(query), read(query), traces);
    isAnswer("cursor " + ShortText.of(headers), read(headers), withoutEvents(traces));
  }

  static List<FlowTrace> withoutEvents(List<FlowTrace> traces) {
    return traces.stream().map(trace -> trace.withEvents(List.of())).toList();
  }

  /** Skips the test, with the reason shown, unless this sort of backend promises it. */
  final void onlyIf(Capability capability) {
    BackendTraits traits = fixture().traits();
    assumeTrue(
        traits.promise(capability), () -> "%s does not promise %s".formatted(traits, capability));
  }

  /** Runs {@code task} with the numbers from 0, each in a virtual thread, and fails if one does. */
  static void inThreads(int count, IntConsumer task) throws InterruptedException {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      threads.add(
          Thread.ofVirtual()
              .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
              .start(() -> task.accept(number)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
  }
}
