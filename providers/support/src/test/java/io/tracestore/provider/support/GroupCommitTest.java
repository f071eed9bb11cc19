package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.provider.support.GroupCommit.Ticket;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Units are committed together, in order, and each caller hears exactly what became of its own. */
class GroupCommitTest {
  private static final long FOR_EVER = Long.MAX_VALUE;

  private final Log log = new Log();

  /** How long the callers of the last transaction are waited for. */
  private volatile long patience;

  private final GroupCommit<List<String>> group =
      new GroupCommit<>("test:", log, 100, lastNanos -> patience);

  @AfterEach
  void close() {
    log.goOn.countDown();
    group.close();
  }

  /** An engine that writes words: only those of committed transactions count. */
  private static final class Log implements GroupCommit.Transactions<List<String>> {
    final List<List<String>> committed = new CopyOnWriteArrayList<>();
    final List<String> problems = new CopyOnWriteArrayList<>();
    final CountDownLatch busy = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile @Nullable RuntimeException onBegin;
    volatile @Nullable RuntimeException onCommit;
    volatile @Nullable Error onTranslate;

    @Override
    public List<String> begin() {
      RuntimeException failure = onBegin;
      if (failure != null) {
        throw failure;
      }
      return new ArrayList<>();
    }

    @Override
    public void commit(List<String> words) {
      RuntimeException failure = onCommit;
      if (failure != null) {
        throw failure;
      }
      committed.add(List.copyOf(words));
    }

    @Override
    public void rollback(List<String> words) {
      problems.add("rolled back " + words);
    }

    @Override
    public TraceStoreException translate(Exception failure) {
      Error error = onTranslate;
      if (error != null) {
        throw error;
      }
      String message = String.valueOf(failure.getMessage());
      return failure instanceof StoreUnavailableException
          ? new StoreUnavailableException(message, failure)
          : new TraceStoreException(message, failure);
    }

    /** A unit during which others can be queued. */
    String hold(List<String> words) throws InterruptedException {
      busy.countDown();
      goOn.await();
      words.add("held");
      return "held";
    }
  }

  private static GroupCommit.Unit<List<String>, String> word(String word) {
    return words -> {
      words.add(word);
      return word;
    };
  }

  private static String failing(List<String> words) {
    words.add("half");
    throw new IllegalStateException("broken unit");
  }

  /** Queues {@code units} so that they make one transaction. */
  @SafeVarargs
  private List<Ticket<String>> together(GroupCommit.Unit<List<String>, String>... units)
      throws InterruptedException {
    Ticket<String> first = group.submit(1, log::hold);
    log.busy.await();
    List<Ticket<String>> tickets = new ArrayList<>();
    for (var unit : units) {
      tickets.add(group.submit(1, unit));
    }
    log.goOn.countDown();
    first.await();
    return tickets;
  }

  @Test
  void aCallReturnsTheUnitsResultOnceItIsCommitted() {
    assertThat(group.call(1, word("a"))).isEqualTo("a");
    assertThat(log.committed).containsExactly(List.of("a"));
  }

  @Test
  void unitsQueuedDuringATransactionAreTheNextOneInOrder() throws Exception {
    together(word("a"), word("b"), word("c")).forEach(Ticket::await);

    assertThat(log.committed).containsExactly(List.of("held"), List.of("a", "b", "c"));
  }

  @Test
  void callersOfTheLastCommitShareTheNextOne() throws Exception {
    patience = FOR_EVER;
    together(word("a"), word("b")).forEach(Ticket::await);

    Ticket<String> first = group.submit(1, word("c"));
    group.call(1, word("d"));
    first.await();

    assertThat(log.committed)
        .containsExactly(List.of("held"), List.of("a", "b"), List.of("c", "d"));
  }

  @Test
  void aCallerThatWroteAloneCommitsAtOnce() {
    patience = FOR_EVER;
    group.call(1, word("a"));
    group.call(1, word("b"));

    assertThat(log.committed).containsExactly(List.of("a"), List.of("b"));
  }

  @Test
  void aCallerWhoseCompanionsStayAwayWaitsNoLongerThanThePatience() throws Exception {
    patience = 1;
    together(word("a"), word("b")).forEach(Ticket::await);

    assertThat(group.call(1, word("c"))).isEqualTo("c");
  }

  @Test
  void aFullQueueWaitsForNobody() throws Exception {
    patience = FOR_EVER;
    together(word("a"), word("b")).forEach(Ticket::await);

    assertThat(group.call(100, word("heavy"))).isEqualTo("heavy");
  }

  @Test
  void closingWaitsForNoMoreCallers() throws Exception {
    patience = FOR_EVER;
    together(word("a"), word("b")).forEach(Ticket::await);
    Ticket<String> last = group.submit(1, word("c"));

    group.close();

    assertThat(last.await()).isEqualTo("c");
  }

  @Test
  void aUnitThatRefusesItselfFailsAlone() throws Exception {
    TraceStoreException refusal = new TraceStoreException("refused", null);
    List<Ticket<String>> tickets =
        together(
            word("a"),
            words -> {
              throw refusal;
            },
            word("c"));

    assertThat(tickets.get(0).await()).isEqualTo("a");
    assertThatThrownBy(tickets.get(1)::await).isSameAs(refusal);
    assertThat(tickets.get(2).await()).isEqualTo("c");
    assertThat(log.committed).containsExactly(List.of("held"), List.of("a", "c"));
  }

  @Test
  void aUnitThatBreaksIsUndoneAndTheOthersAreCommittedWithoutIt() throws Exception {
    List<Ticket<String>> tickets = together(word("a"), GroupCommitTest::failing, word("c"));

    assertThat(tickets.get(0).await()).isEqualTo("a");
    assertThatThrownBy(tickets.get(1)::await).hasMessage("broken unit");
    assertThat(tickets.get(2).await()).isEqualTo("c");
    assertThat(log.committed).containsExactly(List.of("held"), List.of("a"), List.of("c"));
    assertThat(log.problems).containsExactly("rolled back [a, half]", "rolled back [half]");
  }

  @Test
  void ifTheEngineCannotBeReachedAllFailAtOnce() throws Exception {
    log.onCommit = new StoreUnavailableException("locked", null);
    List<Ticket<String>> tickets = together2();

    assertThat(tickets)
        .allSatisfy(ticket ->
            assertThatThrownBy(ticket::await)
                .isInstanceOf(StoreUnavailableException.class)
                .hasCause(log.onCommit));
    assertThat(log.committed).isEmpty();
  }

  @Test
  void eachCallerOfAFailedTransactionGetsAnExceptionOfItsOwnWithItsOwnStack() throws Exception {
    log.onCommit = new StoreUnavailableException("locked", null);
    List<TraceStoreException> failures =
        together2().stream()
            .map(ticket -> catchThrowableOfType(TraceStoreException.class, ticket::await))
            .toList();

    assertThat(failures.getFirst()).isNotSameAs(failures.getLast());
    assertThat(failures)
        .allSatisfy(failure ->
            assertThat(failure.getStackTrace())
                .extracting(StackTraceElement::getClassName)
                .contains(GroupCommitTest.class.getName()));
  }

  @Test
  void anEngineWhoseFailureCannotBeTranslatedFailsItsCallersAndTheNextOneWorks() {
    log.onBegin = new IllegalStateException("no");
    log.onTranslate = new NoClassDefFoundError("driver/Gone");
    assertThatThrownBy(() -> group.call(1, word("a")))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("writing to test: failed: java.lang.IllegalStateException: no");

    log.onBegin = null;
    assertThat(group.call(1, word("b"))).isEqualTo("b");
  }

  @Test
  void afterAFailureNobodyIsWaitedFor() throws Exception {
    patience = FOR_EVER;
    log.onCommit = new StoreUnavailableException("locked", null);
    group.submit(1, log::hold);
    log.busy.await();
    List<Ticket<String>> tickets = List.of(group.submit(1, word("a")), group.submit(1, word("b")));
    log.goOn.countDown();
    assertThat(tickets)
        .allSatisfy(ticket ->
            assertThatThrownBy(ticket::await).isInstanceOf(StoreUnavailableException.class));
    log.onCommit = null;

    assertThat(group.call(1, word("c"))).isEqualTo("c");
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
    assertThat(GroupCommit.patience(lastNanos)).isEqualTo(nanos);
  }

  private List<Ticket<String>> together2() throws InterruptedException {
    Ticket<String> first = group.submit(1, log::hold);
    log.busy.await();
    List<Ticket<String>> tickets = List.of(first, group.submit(1, word("a")));
    log.goOn.countDown();
    return tickets;
  }

  @Test
  void aTransactionThatCannotBeginFailsItsCallersAndTheNextOneWorks() {
    log.onBegin = new IllegalStateException("no");
    assertThatThrownBy(() -> group.call(1, word("a")))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("no");

    log.onBegin = null;
    assertThat(group.call(1, word("b"))).isEqualTo("b");
  }

  @Test
  void evenAnErrorReachesItsCallerAndTheWriterGoesOn() {
    assertThatThrownBy(() ->
            group.call(
                1,
                words -> {
                  throw new StackOverflowError();
                }))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("writing to test: failed: java.lang.StackOverflowError");

    assertThat(group.call(1, word("b"))).isEqualTo("b");
  }

  @Test
  void aFullQueueHoldsItsCallersBack() throws Exception {
    group.submit(1, log::hold);
    log.busy.await();
    group.submit(100, word("large"));
    Thread caller = Thread.startVirtualThread(() -> group.call(1, word("held back")));
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    log.goOn.countDown();
    caller.join();

    assertThat(log.committed)
        .containsExactly(List.of("held"), List.of("large"), List.of("held back"));
  }

  @Test
  void aUnitHeavierThanTheQueueIsTakenAlone() {
    assertThat(group.call(1_000_000, word("huge"))).isEqualTo("huge");
  }

  @Test
  void closingWaitsForWhatWasAccepted() throws Exception {
    group.submit(1, log::hold);
    log.busy.await();
    Ticket<String> accepted = group.submit(1, word("accepted"));
    Thread closer = Thread.startVirtualThread(group::close);
    while (closer.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    log.goOn.countDown();
    closer.join();

    assertThat(accepted.await()).isEqualTo("accepted");
  }

  @Test
  void afterTheCloseUnitsAreRefused() {
    group.close();

    assertThatThrownBy(() -> group.submit(1, word("late")))
        .isInstanceOf(StoreClosedException.class);
  }

  @Test
  void callersThatAreHeldBackHearOfTheClose() throws Exception {
    group.submit(1, log::hold);
    log.busy.await();
    group.submit(100, word("large"));
    List<Throwable> thrown = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((thread, e) -> thrown.add(e))
            .start(() -> group.call(1, word("held back")));
    while (caller.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    Thread closer = Thread.startVirtualThread(group::close);
    caller.join();
    log.goOn.countDown();
    closer.join();

    assertThat(thrown).singleElement().isInstanceOf(StoreClosedException.class);
  }

  @Test
  void anInterruptedCallerKeepsItsFlagAndItsUnitMayStillBeDone() throws Exception {
    group.submit(1, log::hold);
    log.busy.await();
    Ticket<String> queued = group.submit(1, word("a"));
    Thread.currentThread().interrupt();

    assertThatThrownBy(queued::await).hasMessageStartingWith("interrupted while");

    assertThat(Thread.interrupted()).isTrue();
    log.goOn.countDown();
    assertThat(queued.await()).isEqualTo("a");
  }

  /** Breaks its transaction the first times, then writes. */
  private static final class WithAnotherWay implements GroupCommit.Unit<List<String>, String> {
    private final int failures;
    private int attempts;

    WithAnotherWay(int failures) {
      this.failures = failures;
    }

    @Override
    public boolean hasAnotherWay() {
      return attempts == 1;
    }

    @Override
    public String apply(List<String> words) {
      return ++attempts <= failures ? failing(words) : word("way " + attempts, words);
    }
  }

  private static String word(String word, List<String> words) {
    words.add(word);
    return word;
  }

  @Test
  void aUnitWithAnotherWayIsTriedAgainAlone() {
    assertThat(group.call(1, new WithAnotherWay(1))).isEqualTo("way 2");

    assertThat(log.problems).containsExactly("rolled back [half]");
    assertThat(log.committed).containsExactly(List.of("way 2"));
  }

  @Test
  void aUnitWhoseOtherWayFailsTooIsNotTriedForEver() {
    assertThatThrownBy(() -> group.call(1, new WithAnotherWay(9)))
        .isInstanceOf(TraceStoreException.class)
        .hasMessage("broken unit");

    assertThat(log.problems).hasSize(2);
  }
}
