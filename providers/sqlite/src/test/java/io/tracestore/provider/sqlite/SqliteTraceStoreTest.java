package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.sqlite.read.SqliteQueryPlan;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises of SQLite's tables beyond those that the kit asks of every store. */
class SqliteTraceStoreTest {
  @TempDir Path directory;
  private TraceStore store;

  @BeforeEach
  void open() {
    store = SqliteConfig.of(directory.resolve("t.db")).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void aStoredTraceIsReadBackEqual() {
    FlowTrace trace = Samples.trace(1, 20);

    store.storeTrace(trace);

    assertThat(store.getTrace(trace.traceId())).contains(trace);
  }

  @Test
  void anEventWithAnotherActorTakesTheTraceOutOfTheOldActorsAnswers() {
    store.storeTrace(Samples.trace(1, 1));
    TraceEvent changed = Samples.event(1, 0).toBuilder().actorId("other").build();

    store.storeEvent(Samples.traceId(1), changed);

    assertThat(store.count(TraceQuery.builder().actor("reader").build())).isZero();
    assertThat(store.count(TraceQuery.builder().actor("other").build())).isOne();
  }

  @Test
  void anActorThatAnotherEventStillHasStaysFindable() {
    store.storeTrace(Samples.trace(1, 5)); // events 0 and 4 are of one actor
    TraceEvent changed = Samples.event(1, 0).toBuilder().actorId("other").build();

    store.storeEvent(Samples.traceId(1), changed);

    assertThat(store.count(TraceQuery.builder().actor("reader").build())).isOne();
  }

  @Test
  void anEventOfAnotherTypeTakesTheTraceOutOfTheOldTypesAnswers() {
    store.storeTrace(Samples.trace(1, 1));
    TraceEvent changed =
        Samples.event(1, 0).toBuilder().eventType(TraceEventType.custom("own")).build();

    store.storeEvent(Samples.traceId(1), changed);

    assertThat(store.count(TraceQuery.builder().eventType("ActorStarted").build())).isZero();
    assertThat(store.count(TraceQuery.builder().eventType("Custom(own)").build())).isOne();
  }

  @Test
  void aTagThatANewHeaderDoesNotHaveNoLongerFindsTheTrace() {
    FlowTrace trace = Samples.trace(1, 0);
    store.storeTrace(trace);

    store.storeTrace(trace.toBuilder().metadata(Samples.trace(2, 0).metadata()).build());

    assertThat(store.count(TraceQuery.builder().tag("region", "us").build())).isZero();
    assertThat(store.count(TraceQuery.builder().tag("region", "eu").build())).isOne();
  }

  @Test
  void earlyEventsFindTheirTraceByActorOnceItHasAHeader() {
    store.storeEvent(Samples.traceId(1), Samples.event(1, 3));
    TraceQuery query = TraceQuery.builder().actor("audit").build();
    assertThat(store.count(query)).isZero();

    store.storeTrace(Samples.trace(1, 0));

    assertThat(store.queryTraces(query))
        .containsExactly(Samples.trace(1, 0).withEvents(List.of(Samples.event(1, 3))));
  }

  @Test
  void nothingIsLeftInAnyTableOfATraceThatWasDeleted() {
    store.storeTrace(Samples.trace(1, 20));

    store.deleteTrace(Samples.traceId(1));

    assertThat(TableCounts.of(store))
        .containsEntry("traces", 0L)
        .containsEntry("events", 0L)
        .containsEntry("trace_actors", 0L)
        .containsEntry("trace_event_types", 0L)
        .containsEntry("trace_tags", 0L);
  }

  @Test
  void storingATraceAgainAddsNoRow() {
    store.storeTrace(Samples.trace(1, 20));
    var before = TableCounts.of(store);

    store.storeTrace(Samples.trace(1, 20));

    assertThat(TableCounts.of(store)).isEqualTo(before);
  }

  @Test
  void aTextThatManyActorsHaveIsFoundInTheEvents() {
    int actors = SqliteQueryPlan.MAX_ACTORS + 10;
    store.storeTraces(
        IntStream.range(0, actors)
            .mapToObj(n ->
                Samples.trace(n, 0)
                    .withEvents(
                        List.of(Samples.event(n, 0).toBuilder().actorId("worker-" + n).build())))
            .toList());

    TraceQuery query = TraceQuery.builder().actorContains("worker-").limit(5).build();

    assertThat(store.queryTraces(query))
        .extracting(FlowTrace::traceId)
        .containsExactly(
            Samples.traceId(actors - 1),
            Samples.traceId(actors - 2),
            Samples.traceId(actors - 3),
            Samples.traceId(actors - 4),
            Samples.traceId(actors - 5));
  }

  @Test
  void theLongestAndTheShortestDurationsAreDistinguished() {
    FlowTrace longest =
        Samples.trace(1, 0).toBuilder()
            .startTime(io.tracestore.model.EpochNanos.MIN)
            .endTime(io.tracestore.model.EpochNanos.MAX)
            .build();
    FlowTrace backwards =
        Samples.trace(2, 0).toBuilder().endTime(Samples.START.minusSeconds(9)).build();
    FlowTrace nothing =
        Samples.trace(3, 0).toBuilder().endTime(Samples.trace(3, 0).startTime()).build();
    store.storeTraces(List.of(longest, backwards, nothing));

    assertThat(found(Duration.ZERO)).containsExactly(nothing, longest);
    assertThat(found(Duration.ofNanos(1))).containsExactly(longest);
    assertThat(found(Duration.ofNanos(Long.MAX_VALUE))).containsExactly(longest);
  }

  private List<FlowTrace> found(Duration minDuration) {
    return store.queryTraces(TraceQuery.builder().minDuration(minDuration).build());
  }

  @Test
  void errorsWithOneHashAreDistinguished() {
    FlowTrace one = Samples.trace(1, 0).toBuilder().status(ExecutionStatus.failed("Aa")).build();
    FlowTrace two = Samples.trace(2, 0).toBuilder().status(ExecutionStatus.failed("BB")).build();
    store.storeTraces(List.of(one, two));

    assertThat(store.queryTraces(TraceQuery.builder().failedWith("Aa").build()))
        .containsExactly(one);
  }

  @Test
  void anInterruptedThreadDoesNotMakeTheFileLookUnreadable() {
    Thread.currentThread().interrupt();
    try (TraceStore second = SqliteConfig.of(directory.resolve("t.db")).open()) {
      assertThat(Thread.currentThread().isInterrupted()).isTrue();
      assertThatThrownBy(second::healthCheck)
          .isInstanceOf(TraceStoreException.class)
          .hasMessageContaining("interrupted");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(store.healthCheck().detail()).startsWith("SQLite ");
  }
}
