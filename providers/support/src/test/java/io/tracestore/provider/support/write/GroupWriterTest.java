package io.tracestore.provider.support.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.support.write.GroupWriter.Submission;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupWriterTest {
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final Log log = new Log();

  /** How long the callers of the last transaction are waited for. */
  private volatile long patience;

  private final GroupWriter<String> writer =
      new GroupWriter<>(
          "test:", log, GroupWriterTest::translate, String::length, 100, lastNanos -> patience);

  @AfterEach
  void close() {
    log.goOn.countDown();
    writer.close();
  }

  private static TraceStoreException translate(Throwable failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (message) {
      case "locked" -> new StoreUnavailableException(message, failure);
      case "untranslatable" -> throw new NoClassDefFoundError("driver/Gone");
      default -> new TraceStoreException(message, failure);
    };
  }

  /**
   * An engine that writes words. {@code hold} blocks the transaction, {@code no} is refused, {@code
   * bad} breaks the transaction.
   */
  private static final class Log implements WriteSink<String> {
    final List<List<String>> attempts = new CopyOnWriteArrayList<>();
    final List<List<String>> committed = new CopyOnWriteArrayList<>();
    final List<Thread> threads = new CopyOnWriteArrayList<>();
    final CountDownLatch busy = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile Throwable failure = new IllegalStateException("broken");
    volatile boolean failsAlways;

    @Override
    public List<WriteOutcome> write(List<String> batch) throws Exception {
      attempts.add(List.copyOf(batch));
      threads.add(Thread.currentThread());
      List<WriteOutcome> outcomes = new ArrayList<>();
      for (String word : batch) {
        if (word.equals("hold")) {
          busy.countDown();
          goOn.await();
        }
        if (word.equals("bad") || failsAlways) {
          switch (failure) {
            case Exception e -> throw e;
            case Error e -> throw e;
            default -> throw new AssertionError(failure);
          }
        }
        outcomes.add(
            word.equals("no")
                ? WriteOutcome.refused(new TraceStoreException("refused", null))
                : WriteOutcome.stored(word.length()));
      }
      committed.add(List.copyOf(batch));
      return outcomes;
    }
  }

  /** Queues one request for each word, so that all are in one batch; returns the outcomes. */
  private List<WriteOutcome> together(String... words) throws InterruptedException {
    Submission first = writer.submit(List.of("hold"));
    log.busy.await();
    List<Submission> queued = new ArrayList<>();
    for (String word : words) {
      queued.add(writer.submit(List.of(word)));
    }
    log.goOn.countDown();
    first.await();
    return queued.stream().map(each -> each.await().getFirst()).toList();
  }

  private static String reason(WriteOutcome outcome) {
    return outcome instanceof WriteOutcome.Refused refused
        ? String.valueOf(refused.reason().getMessage())
        : "stored";
  }

  private static List<String> reasons(List<WriteOutcome> outcomes) {
    return outcomes.stream().map(GroupWriterTest::reason).toList();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** Makes the writer lead: its last transaction held two requests. */
  private void writeTwoTogether() throws InterruptedException {
    together("a", "b");
    log.committed.clear();
  }

  // Batches

  @Test
  void aWriteReturnsWhatTheSinkSaysOfIt() {
    assertThat(writer.write("word")).isEqualTo(WriteOutcome.stored(4));
  }

  @Test
  void requestsQueuedDuringATransactionShareTheNextInTheirOrder() throws Exception {
    together("a", "b", "c");

    assertThat(log.committed).containsExactly(List.of("hold"), List.of("a", "b", "c"));
  }

  @Test
  void writesOfOneCallStayInOneBatchAndKeepTheirOrder() {
    assertThat(writer.write(List.of("a", "no", "ccc")))
        .extracting(GroupWriterTest::reason)
        .containsExactly("stored", "refused", "stored");
    assertThat(log.committed).containsExactly(List.of("a", "no", "ccc"));
  }

  @Test
  void eachRequestGetsItsOwnOutcomesOfASharedBatch() throws Exception {
    assertThat(together("a", "bb", "ccc"))
        .containsExactly(WriteOutcome.stored(1), WriteOutcome.stored(2), WriteOutcome.stored(3));
  }

  @Test
  void aRequestHeavierThanTheBoundIsWrittenToo() throws Exception {
    together("x".repeat(1_000));

    assertThat(log.committed).containsExactly(List.of("hold"), List.of("x".repeat(1_000)));
  }

  @Test
  void countersTellTransactionsAndWrites() throws Exception {
    together("a", "b", "c");

    assertThat(writer.counters()).isEqualTo(Map.of("commits", 2L, "committedWrites", 4L));
  }

  @Test
  void gaugesTellTheLengthAndTheWeightOfTheQueue() throws Exception {
    writer.submit(List.of("hold"));
    log.busy.await();
    writer.submit(List.of("four", "five"));

    assertThat(writer.gauges()).isEqualTo(Map.of("queuedWrites", 1L, "queuedBytes", 8L));
  }

  @Test
  void anEmptyRequestIsAProgrammersError() {
    assertThatThrownBy(() -> writer.submit(List.of())).isInstanceOf(IllegalArgumentException.class);
  }

  // Threads

  @Test
  void aLoneCallerWritesInItsOwnThread() {
    writer.write("a");
    writer.write("b");

    assertThat(log.threads).containsExactly(Thread.currentThread(), Thread.currentThread());
  }

  @Test
  void aVirtualThreadHandsItsWriteOver() throws InterruptedException {
    Thread caller = Thread.startVirtualThread(() -> writer.write("a"));
    caller.join();

    assertThat(log.threads).doesNotContain(caller);
    assertThat(log.committed).containsExactly(List.of("a"));
  }

  @Test
  void aCallerThatMeetsAnotherIsWrittenAfterIt() throws Exception {
    FutureTask<WriteOutcome> lone = new FutureTask<>(() -> writer.write("hold"));
    Thread.ofPlatform().start(lone);
    log.busy.await();
    FutureTask<WriteOutcome> second = new FutureTask<>(() -> writer.write("a"));
    Thread caller = Thread.ofPlatform().start(second);
    awaitWaiting(caller);

    log.goOn.countDown();

    assertThat(second.get()).isEqualTo(WriteOutcome.stored(1));
    assertThat(log.committed).containsExactly(List.of("hold"), List.of("a"));
  }

  // Waiting for callers

  @Test
  void callersOfTheLastCommitShareTheNextOne() throws Exception {
    writeTwoTogether();
    patience = FOR_EVER;

    Submission first = writer.submit(List.of("c"));
    writer.write("d");
    first.await();

    assertThat(log.committed).containsExactly(List.of("c", "d"));
  }

  @Test
  void aCallerWhoseCompanionsStayAwayWaitsNoLongerThanThePatience() throws Exception {
    writeTwoTogether();
    patience = 1;

    assertThat(writer.write("c")).isEqualTo(WriteOutcome.stored(1));
  }

  @Test
  void aFullQueueWaitsForNobody() throws Exception {
    writeTwoTogether();
    patience = FOR_EVER;

    assertThat(writer.write("x".repeat(100))).isEqualTo(WriteOutcome.stored(100));
  }

  @Test
  void closingWaitsForNoFurtherCallers() throws Exception {
    writeTwoTogether();
    patience = FOR_EVER;
    Submission last = writer.submit(List.of("c"));

    writer.close();

    assertThat(last.await()).containsExactly(WriteOutcome.stored(1));
  }

  @Test
  void afterAFailureNobodyIsWaitedFor() throws Exception {
    patience = FOR_EVER;
    log.failure = new StoreUnavailableException("locked", null);
    together("bad", "b");

    assertThat(writer.write("c")).isEqualTo(WriteOutcome.stored(1));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "4000, 1000",
    "80000000, 20000000",
    "80000004, 20000000",
    "300000000000, 20000000",
    "9223372036854775807, 20000000"
  })
  void callersAreWaitedForAQuarterOfTheLastTransactionAndTwentyMillisecondsAtMost(
      long lastNanos, long nanos) {
    assertThat(GroupWriter.patience(lastNanos)).isEqualTo(nanos);
  }

  // Back-pressure

  @Test
  void noBatchIsHeavierThanTheBoundBecauseAFullQueueHoldsItsCallersBack() throws Exception {
    writer.submit(List.of("hold"));
    log.busy.await();
    writer.submit(List.of("x".repeat(100)));
    Thread caller = Thread.startVirtualThread(() -> writer.write("late"));
    awaitWaiting(caller);
    assertThat(writer.gauges()).containsEntry("queuedWrites", 1L);

    log.goOn.countDown();
    caller.join();

    assertThat(log.committed)
        .containsExactly(List.of("hold"), List.of("x".repeat(100)), List.of("late"));
  }

  // Failures

  @Test
  void aRefusedWriteFailsAlone() throws Exception {
    assertThat(reasons(together("a", "no", "c"))).containsExactly("stored", "refused", "stored");
    assertThat(log.committed).containsExactly(List.of("hold"), List.of("a", "no", "c"));
  }

  @Test
  void aWriteThatBreaksItsTransactionFailsAlone() throws Exception {
    assertThat(reasons(together("a", "bad", "c"))).containsExactly("stored", "broken", "stored");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 31, 32, 62, 63})
  void aBadWriteAnywhereInABatchFailsAlone(int place) {
    List<String> words = new ArrayList<>(Collections.nCopies(64, "a"));
    words.set(place, "bad");

    List<String> reasons = reasons(writer.write(words));

    assertThat(reasons.get(place)).isEqualTo("broken");
    assertThat(reasons).filteredOn("stored"::equals).hasSize(63);
  }

  @Test
  void theBatchIsHalvedToFindABadWrite() {
    writer.write(List.of("a", "b", "c", "bad", "e", "f", "g", "h"));

    assertThat(log.attempts)
        .containsExactly(
            List.of("a", "b", "c", "bad", "e", "f", "g", "h"),
            List.of("a", "b", "c", "bad"),
            List.of("a", "b"),
            List.of("c", "bad"),
            List.of("c"),
            List.of("bad"),
            List.of("e", "f", "g", "h"));
  }

  @Test
  void afterARetryableFailureAllAreRefusedWithoutAnotherTry() {
    log.failure = new StoreUnavailableException("locked", null);

    assertThat(reasons(writer.write(List.of("a", "bad", "c"))))
        .containsExactly("locked", "locked", "locked");
    assertThat(log.attempts).hasSize(1);
  }

  @Test
  void eachRefusedWriteGetsAnExceptionOfItsOwn() {
    log.failure = new IOException("locked");

    assertThat(writer.write(List.of("a", "bad")))
        .extracting(outcome -> ((WriteOutcome.Refused) outcome).reason())
        .doesNotHaveDuplicates()
        .allSatisfy(reason -> assertThat(reason).hasCause(log.failure));
  }

  @Test
  void theReasonOfARefusalHasTheStackOfTheCaller() throws Exception {
    WriteOutcome refused = together("bad").getFirst();

    assertThatThrownBy(refused::orThrow)
        .satisfies(thrown ->
            assertThat(thrown.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .contains(GroupWriterTest.class.getName()));
  }

  @Test
  void anErrorReachesItsCallerAndTheNextWriteSucceeds() throws Exception {
    log.failure = new StackOverflowError();

    assertThat(reasons(together("bad")))
        .containsExactly("writing to test: failed: java.lang.StackOverflowError");
    assertThat(writer.write("b")).isEqualTo(WriteOutcome.stored(1));
  }

  @Test
  void aFailureThatCannotBeTranslatedReachesItsCallerAndTheNextWriteSucceeds() {
    log.failure = new IllegalStateException("untranslatable");

    assertThat(reason(writer.write("bad")))
        .isEqualTo("writing to test: failed: java.lang.IllegalStateException: untranslatable");
    assertThat(writer.write("b")).isEqualTo(WriteOutcome.stored(1));
  }

  @Test
  void aSinkThatFailsAlwaysRefusesEveryWrite() {
    log.failsAlways = true;

    assertThat(reasons(writer.write(List.of("a", "b", "c"))))
        .containsExactly("broken", "broken", "broken");
    assertThat(writer.counters()).containsEntry("commits", 0L);
  }

  @Test
  void aSinkThatReturnsTooFewOutcomesRefusesItsWrites() {
    try (GroupWriter<String> other =
        new GroupWriter<>(
            "test:", batch -> List.of(), GroupWriterTest::translate, String::length, 100)) {
      assertThat(reason(other.write("a"))).isEqualTo("test:: 0 outcomes of 1 writes");
    }
  }

  // Interrupts

  @Test
  void aCallerInterruptedBeforeItsWriteKeepsItsFlagAndWritesNothing() {
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> writer.write("a")).hasMessageStartingWith("interrupted while");

    assertThat(Thread.interrupted()).isTrue();
    assertThat(log.attempts).isEmpty();
  }

  @Test
  void aCallerInterruptedWhileItWaitsKeepsItsFlagAndItsWriteMayStillBeDone() throws Exception {
    writer.submit(List.of("hold"));
    log.busy.await();
    Submission queued = writer.submit(List.of("a"));
    Thread.currentThread().interrupt();

    assertThatThrownBy(queued::await).hasMessageStartingWith("interrupted while");

    assertThat(Thread.interrupted()).isTrue();
    log.goOn.countDown();
    assertThat(queued.await()).containsExactly(WriteOutcome.stored(1));
  }

  @Test
  void aLoneCallerInterruptedInTheSinkHearsOfTheInterruptAndKeepsItsFlag() throws Exception {
    FutureTask<String> call =
        new FutureTask<>(() ->
            reason(writer.write("hold")) + ", flag " + Thread.currentThread().isInterrupted());
    Thread caller = Thread.ofPlatform().start(call);
    log.busy.await();

    caller.interrupt();

    assertThat(call.get()).isEqualTo("interrupted while writing to test:, flag true");
  }

  // Close

  @Test
  void closingWaitsForAcceptedWrites() throws Exception {
    writer.submit(List.of("hold"));
    log.busy.await();
    Submission accepted = writer.submit(List.of("accepted"));
    Thread closer = Thread.startVirtualThread(writer::close);
    awaitWaiting(closer);

    log.goOn.countDown();
    closer.join();

    assertThat(accepted.await()).containsExactly(WriteOutcome.stored(8));
  }

  @Test
  void closingWaitsForALoneCaller() throws Exception {
    Thread.ofPlatform().start(() -> writer.write("hold"));
    log.busy.await();
    Thread closer = Thread.startVirtualThread(writer::close);
    awaitWaiting(closer);

    log.goOn.countDown();
    closer.join();

    assertThat(log.committed).containsExactly(List.of("hold"));
  }

  @Test
  void afterTheCloseWritesAreRefused() {
    writer.close();

    assertThatThrownBy(() -> writer.submit(List.of("late")))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> writer.write("late")).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void callersThatAreHeldBackHearOfTheClose() throws Exception {
    writer.submit(List.of("hold"));
    log.busy.await();
    writer.submit(List.of("x".repeat(100)));
    FutureTask<WriteOutcome> heldBack = new FutureTask<>(() -> writer.write("late"));
    Thread caller = Thread.startVirtualThread(heldBack);
    awaitWaiting(caller);

    Thread closer = Thread.startVirtualThread(writer::close);
    caller.join();
    log.goOn.countDown();
    closer.join();

    assertThatThrownBy(heldBack::get).hasCauseInstanceOf(StoreClosedException.class);
  }

  @Test
  void closingAgainDoesNothing() throws Exception {
    together("a");
    writer.close();

    writer.close();

    assertThat(log.committed).hasSize(2);
  }
}
