package io.tracestore.provider.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every store that is built on the base does these things alike. */
class BaseTraceStoreTest {
  private static final FlowTrace TRACE = FlowTrace.builder("etl").build();
  private static final TraceId ID = TRACE.traceId();
  private static final TraceEvent EVENT =
      TraceEvent.builder(TraceEventType.ACTOR_CREATED, "a").build();

  private final FakeStore store = new FakeStore();

  static Stream<Arguments> calls() {
    return Stream.of(
        call("storeTrace", s -> s.storeTrace(TRACE)),
        call("storeTraces", s -> s.storeTraces(List.of(TRACE))),
        call("storeTraces of none", s -> s.storeTraces(List.of())),
        call("storeEvent", s -> s.storeEvent(ID, EVENT)),
        call("storeEvents", s -> s.storeEvents(ID, List.of(EVENT))),
        call("storeEvents of none", s -> s.storeEvents(ID, List.of())),
        call("getTrace", s -> s.getTrace(ID)),
        call("getEvents", s -> s.getEvents(ID)),
        call("getHeader", s -> s.getHeader(ID)),
        call("openEvents", s -> s.openEvents(ID, EventRange.ALL)),
        call("openEarlyTraces", TraceStore::openEarlyTraces),
        call("names", s -> s.names(NameKind.FLOW, null, null)),
        call("explain", s -> s.explain(TraceQuery.ALL)),
        call("eventMetrics", s -> s.eventMetrics(EventMetricsQuery.ALL)),
        call("actorGraph", s -> s.actorGraph(ActorGraphQuery.ALL)),
        call("deleteTraces", s -> s.deleteTraces(TraceQuery.ALL)),
        call("identity", TraceStore::identity),
        call("files", TraceStore::files),
        call("sync", TraceStore::sync),
        call("queryTraces", s -> s.queryTraces(TraceQuery.ALL)),
        call("openCursor", s -> s.openCursor(TraceQuery.ALL)),
        call("count", s -> s.count(TraceQuery.ALL)),
        call("deleteTrace", s -> s.deleteTrace(ID)),
        call("purgeBefore", s -> s.purgeBefore(Instant.EPOCH)),
        call("healthCheck", TraceStore::healthCheck),
        call("metrics", TraceStore::metrics),
        call("unwrap", s -> s.unwrap(FakeStore.class)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void after_a_close_every_call_is_refused(String name, Consumer<TraceStore> call) {
    store.close();

    assertThatThrownBy(() -> call.accept(store))
        .isInstanceOf(StoreClosedException.class)
        .hasMessage("the store is closed: fake:x?password=***");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("calls")
  void before_a_close_no_call_is_refused(String name, Consumer<TraceStore> call) {
    call.accept(store);

    assertThat(store.closes).hasValue(0);
  }

  @Test
  void capabilities_are_told_after_a_close_too() {
    store.close();

    assertThat(store.capabilities()).containsExactly(Capability.ATOMIC);
  }

  @Test
  void closing_again_does_nothing() {
    store.close();
    store.close();

    assertThat(store.closes).hasValue(1);
  }

  @Test
  void closing_again_after_a_close_that_failed_does_nothing() {
    store.whileClosing =
        () -> {
          throw new IllegalStateException("disk gone");
        };

    assertThatThrownBy(store::close).hasMessage("disk gone");
    store.close();
    assertThat(store.closes).hasValue(1);
  }

  @Test
  void the_engine_is_released_after_the_running_calls() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean doneWhenReleased = new AtomicBoolean();
    store.afterEarlyTraces =
        () -> {
          running.countDown();
          await(goOn);
          done.set(true);
        };
    store.whileClosing = () -> doneWhenReleased.set(done.get());
    Thread caller =
        Thread.ofPlatform().start(() -> store.openEarlyTraces().forEachRemaining(id -> {}));
    running.await();
    Thread closer = Thread.ofPlatform().start(store::close);
    awaitRefusals();
    goOn.countDown();
    caller.join();
    closer.join();

    assertThat(doneWhenReleased).isTrue();
  }

  @Test
  void a_close_during_a_call_of_many_steps_ends_it_at_the_next_step() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    store.storeTrace(TRACE);
    store.afterEarlyTraces =
        () -> {
          running.countDown();
          await(goOn);
        };
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread caller =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((thread, failure) -> thrown.set(failure))
            .start(() -> store.eventMetrics(EventMetricsQuery.ALL));
    running.await();
    Thread closer = Thread.ofPlatform().start(store::close);
    awaitRefusals();
    goOn.countDown();
    caller.join();
    closer.join();

    assertThat(thrown.get()).isInstanceOf(StoreClosedException.class);
  }

  /** Waits until a close has begun. */
  private void awaitRefusals() {
    try {
      while (true) {
        store.count(TraceQuery.ALL);
      }
    } catch (StoreClosedException e) {
      // It has.
    }
  }

  @Test
  void of_two_events_with_one_id_the_last_is_stored_and_all_are_in_order() {
    Instant start = Instant.parse("2026-03-01T10:00:00Z");
    TraceEvent first = EVENT.toBuilder().timestamp(start.plusSeconds(1)).build();
    TraceEvent other =
        TraceEvent.builder(TraceEventType.ACTOR_CREATED, "b").timestamp(start).build();
    TraceEvent last = first.toBuilder().actorId("c").build();

    store.storeEvents(ID, List.of(first, other, last));

    assertThat(store.events).containsExactly(other, last);
  }

  @Test
  void a_second_close_waits_for_the_first() throws InterruptedException {
    CountDownLatch closing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    AtomicBoolean doneWhenSecondReturned = new AtomicBoolean();
    store.whileClosing =
        () -> {
          closing.countDown();
          await(goOn);
          done.set(true);
        };
    Thread first = Thread.ofPlatform().start(store::close);
    closing.await();
    Thread second =
        Thread.ofPlatform()
            .start(() -> {
              store.close();
              doneWhenSecondReturned.set(done.get());
            });
    while (second.isAlive() && second.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    goOn.countDown();
    first.join();
    second.join();

    assertThat(doneWhenSecondReturned).isTrue();
    assertThat(store.closes).hasValue(1);
  }

  @Test
  void calls_are_refused_while_the_store_closes() {
    store.whileClosing =
        () -> assertThatThrownBy(() -> store.getTrace(ID)).isInstanceOf(StoreClosedException.class);

    store.close();

    assertThat(store.closes).hasValue(1);
  }

  @Test
  void an_open_cursor_gives_nothing_more_once_the_store_is_closed() {
    store.storeTraces(List.of(TRACE, FlowTrace.builder("etl").build()));
    TraceCursor cursor = store.openCursor(TraceQuery.builder().withEvents(false).build());
    cursor.next();
    store.close();

    assertThatThrownBy(cursor::hasNext).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(cursor::next).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void a_batch_stores_what_it_can_and_says_exactly_what_not() {
    FlowTrace bad = FlowTrace.builder("bad").build();
    FlowTrace good = FlowTrace.builder("etl").build();
    FlowTrace alsoBad = FlowTrace.builder("bad").build();

    BatchStoreException e =
        catchThrowableOfType(
            BatchStoreException.class, () -> store.storeTraces(List.of(TRACE, bad, good, alsoBad)));

    assertThat(store.traces.keySet()).containsExactlyInAnyOrder(ID, good.traceId());
    assertThat(e.failures())
        .extracting(BatchStoreException.Failure::index, BatchStoreException.Failure::traceId)
        .containsExactly(tuple(1, bad.traceId()), tuple(3, alsoBad.traceId()));
    assertThat(e.failures().getFirst().cause()).hasMessage("bad " + bad.traceId());
  }

  @Test
  void calls_are_counted_by_sort_with_their_errors() {
    FlowTrace bad = FlowTrace.builder("bad").build();
    store.storeTrace(TRACE);
    store.storeEvent(ID, EVENT);
    store.storeEvents(ID, List.of(EVENT));
    store.deleteTrace(ID);
    store.purgeBefore(Instant.EPOCH);
    assertThatThrownBy(() -> store.storeTrace(bad)).isInstanceOf(StoreConflictException.class);
    assertThatThrownBy(() -> store.storeTraces(List.of(bad, bad)))
        .isInstanceOf(BatchStoreException.class);
    store.getTrace(ID);
    store.getEvents(ID);
    store.queryTraces(TraceQuery.ALL);
    store.count(TraceQuery.ALL);
    store.openCursor(TraceQuery.ALL).close();

    StorageMetrics metrics = store.metrics();
    assertThat(metrics.write().count()).isEqualTo(7);
    assertThat(metrics.write().errors()).isEqualTo(2);
    assertThat(metrics.read().count()).isEqualTo(2);
    assertThat(metrics.read().errors()).isZero();
    assertThat(metrics.query().count()).isEqualTo(2);
    assertThat(metrics.storageBytes()).isEqualTo(42);
    assertThat(metrics.counters()).containsEntry("evictedTraces", 7L).hasSize(1);
  }

  @Test
  void an_empty_batch_is_no_call() {
    store.storeTraces(List.of());
    store.storeEvents(ID, List.of());

    assertThat(store.metrics().write().count()).isZero();
  }

  @Test
  void a_query_without_a_limit_gives_the_default_number_and_a_cursor_all() {
    for (int i = 0; i < 101; i++) {
      store.storeTrace(FlowTrace.builder("etl").build());
    }

    assertThat(store.queryTraces(TraceQuery.ALL)).hasSize(100);
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      assertThat(cursor).toIterable().hasSize(101);
    }
  }

  @Test
  void an_event_is_counted_once_if_its_trace_is_stored_while_events_are_added_up() {
    store.storeEvent(ID, EVENT);
    store.early.add(ID);
    Runnable headerComes =
        () -> {
          store.early.remove(ID);
          store.storeTrace(TRACE.withEvents(List.of(EVENT)));
        };

    store.afterEarlyTraces = headerComes;
    assertThat(store.eventMetrics(EventMetricsQuery.ALL))
        .extracting(EventMetrics::events)
        .containsExactly(1L);
    assertThat(store.eventMetrics(EventMetricsQuery.ALL))
        .extracting(EventMetrics::events)
        .containsExactly(1L);
  }

  @Test
  void a_health_check_tells_its_detail_and_warnings() {
    assertThat(store.healthCheck().detail()).isEqualTo("fine");
    assertThat(store.healthCheck().warnings()).containsExactly("slow");
    assertThat(store.healthCheck().latency()).isPositive();
  }

  @Test
  void a_store_is_unwrapped_as_what_it_is() {
    assertThat(store.unwrap(FakeStore.class)).isSameAs(store);
    assertThatThrownBy(() -> store.unwrap(String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("fake:x?password=*** is no java.lang.String");
  }

  @Test
  void a_store_is_shown_by_its_name() {
    assertThat(store).hasToString("fake:x?password=***");
  }

  @Test
  @SuppressWarnings("NullAway") // null on purpose
  void null_is_refused_by_name() {
    assertThatThrownBy(() -> store.storeTrace(null)).hasMessage("trace");
    assertThatThrownBy(() -> store.storeTraces(null)).hasMessage("traces");
    assertThatThrownBy(() -> store.storeEvent(null, EVENT)).hasMessage("traceId");
    assertThatThrownBy(() -> store.storeEvent(ID, null)).hasMessage("event");
    assertThatThrownBy(() -> store.storeEvents(ID, null)).hasMessage("events");
    assertThatThrownBy(() -> store.getTrace(null)).hasMessage("traceId");
    assertThatThrownBy(() -> store.queryTraces(null)).hasMessage("query");
    assertThatThrownBy(() -> store.purgeBefore(null)).hasMessage("cutoff");
    assertThatThrownBy(() -> store.unwrap(null)).hasMessage("type");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Arguments call(String name, Consumer<TraceStore> call) {
    return arguments(name, call);
  }
}
