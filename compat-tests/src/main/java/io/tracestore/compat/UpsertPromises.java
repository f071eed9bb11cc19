package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 2: a write adds to what is there, and may be repeated. */
abstract class UpsertPromises extends StorePromises {
  private static final FlowTrace HEADER = Samples.header(1);

  @Test
  void storingATraceAgainAddsItsEventsToThoseAlreadyThere() {
    store().storeTrace(HEADER.withEvents(Samples.events(2, 4)));
    store().storeTrace(HEADER.withEvents(Samples.events(0, 3)));
    isStored(HEADER.withEvents(Samples.events(0, 4)));
  }

  @Test
  void storingATraceWithoutEventsKeepsThoseAlreadyThere() {
    store().storeTrace(HEADER.withEvents(Samples.events(0, 3)));
    store().storeTrace(HEADER);
    isStored(HEADER.withEvents(Samples.events(0, 3)));
  }

  @Test
  void anEventStoredAgainIsReplaced() {
    store().storeTrace(HEADER.withEvents(Samples.events(0, 3)));
    TraceEvent later =
        Samples.event(1, "another").toBuilder().timestamp(Samples.T0.plusSeconds(9)).build();
    store().storeEvent(HEADER.traceId(), later);
    isStored(HEADER.withEvents(List.of(Samples.event(0), later, Samples.event(2))));
  }

  @Test
  void aReplacedEventNoLongerMatchesAQuery() {
    store().storeTrace(HEADER.withEvents(List.of(Samples.event(0, "before"))));
    store().storeTrace(HEADER.withEvents(List.of(Samples.event(0, "after"))));
    assertThat(store().count(TraceQuery.builder().actor("before").build())).isEqualTo(0);
    assertThat(store().count(TraceQuery.builder().actorContains("befor").build())).isEqualTo(0);
    assertThat(store().count(TraceQuery.builder().actor("after").build())).isEqualTo(1);
  }

  @Test
  void anEventIdMeansOneEventPerTrace() {
    FlowTrace other = Samples.header(2);
    store().storeTrace(HEADER.withEvents(List.of(Samples.event(0, "one"))));
    store().storeTrace(other.withEvents(List.of(Samples.event(0, "other"))));
    isStored(HEADER.withEvents(List.of(Samples.event(0, "one"))));
    isStored(other.withEvents(List.of(Samples.event(0, "other"))));
  }

  @Test
  void theLastHeaderWins() {
    store().storeTrace(HEADER);
    FlowTrace second =
        HEADER.toBuilder()
            .status(ExecutionStatus.failed("why"))
            .endTime(Samples.T0.plusSeconds(5))
            .metadata(TraceMetadata.builder().userId("u").tag("b", "2").build())
            .build();
    store().storeTrace(second);
    isStored(second);
    FlowTrace third =
        HEADER.toBuilder()
            .status(ExecutionStatus.completed())
            .metadata(TraceMetadata.builder().tag("a", "1").build())
            .build();
    store().storeTrace(third);
    isStored(third);
  }

  @Test
  void aReplacedHeaderNoLongerMatchesAQuery() {
    store().storeTrace(HEADER.toBuilder().metadata(metadata("before")).build());
    store()
        .storeTrace(
            HEADER.toBuilder()
                .status(ExecutionStatus.completed())
                .metadata(metadata("after"))
                .build());
    for (UnaryOperator<TraceQuery.Builder> stale :
        List.<UnaryOperator<TraceQuery.Builder>>of(
            query -> query.status(ExecutionStatus.Kind.RUNNING),
            query -> query.tag("tag", "before"),
            query -> query.environment("before"),
            query -> query.userId("before"),
            query -> query.sessionId("before"))) {
      TraceQuery query = stale.apply(TraceQuery.builder()).build();
      assertThat(store().queryTraces(query)).as("%s", query).isEmpty();
    }
    assertThat(store().count(TraceQuery.builder().tag("tag", "after").build())).isEqualTo(1);
  }

  private static TraceMetadata metadata(String text) {
    return TraceMetadata.builder()
        .userId(text)
        .sessionId(text)
        .environment(text)
        .tag("tag", text)
        .build();
  }

  @Test
  void noFilterFindsAReplacedSkippedOrRefusedVersion() {
    store().storeTrace(version("before", ExecutionStatus.failed("before"), 20));
    store().storeTrace(version("after", ExecutionStatus.failed("after"), 1));
    store().storeTrace(version("late", ExecutionStatus.running(), 20).withEvents(List.of()));
    FlowTrace refused = version("refused", ExecutionStatus.completed(), 20);
    assertThatThrownBy(() -> store().storeTrace(refused.toBuilder().flowId("another").build()))
        .isInstanceOf(StoreConflictException.class);
    isFoundByItsNewestVersionOnly();
  }

  @Test
  void noFilterFindsAVersionThatALaterOneOfTheBatchReplaces() {
    assertThatThrownBy(() ->
            store()
                .storeTraces(
                    List.of(
                        version("before", ExecutionStatus.failed("before"), 20),
                        version("after", ExecutionStatus.failed("after"), 1),
                        version("late", ExecutionStatus.running(), 20).withEvents(List.of()),
                        version("refused", ExecutionStatus.completed(), 20).toBuilder()
                            .flowId("another")
                            .build())))
        .isInstanceOf(BatchStoreException.class);
    isFoundByItsNewestVersionOnly();
  }

  private static FlowTrace version(String text, ExecutionStatus status, long seconds) {
    TraceEventType type = TraceEventType.custom(text);
    return HEADER.toBuilder()
        .status(status)
        .endTime(HEADER.startTime().plusSeconds(seconds))
        .metadata(metadata(text))
        .event(Samples.event(0, text).toBuilder().eventType(type).build())
        .build();
  }

  private void isFoundByItsNewestVersionOnly() {
    FlowTrace newest = version("after", ExecutionStatus.failed("after"), 1);
    for (String text : List.of("before", "after", "late", "refused")) {
      List<FlowTrace> found = text.equals("after") ? List.of(newest) : List.of();
      for (UnaryOperator<TraceQuery.Builder> filter : filtersOf(text)) {
        isFound(filter.apply(TraceQuery.builder()), found);
        isFound(filter.apply(TraceQuery.builder().flowId("flow")), found);
      }
    }
    isFound(TraceQuery.builder(), List.of(newest));
    isFound(TraceQuery.builder().flowId("flow"), List.of(newest));
    isFound(TraceQuery.builder().executionId(HEADER.executionId()), List.of(newest));
    for (UnaryOperator<TraceQuery.Builder> stale :
        List.<UnaryOperator<TraceQuery.Builder>>of(
            query -> query.status(ExecutionStatus.Kind.RUNNING),
            query -> query.status(ExecutionStatus.Kind.COMPLETED),
            query -> query.minDuration(Duration.ofSeconds(2)),
            query -> query.flowId("another"))) {
      isFound(stale.apply(TraceQuery.builder()), List.of());
    }
  }

  private static List<UnaryOperator<TraceQuery.Builder>> filtersOf(String text) {
    return List.of(
        query -> query.failedWith(text),
        query -> query.tag("tag", text),
        query -> query.environment(text),
        query -> query.userId(text),
        query -> query.sessionId(text),
        query -> query.actor(text),
        query -> query.actorContains(text.substring(1)),
        query -> query.eventType(TraceEventType.custom(text)));
  }

  /** Those who ask for headers only have nothing with which to look again. */
  private void isFound(TraceQuery.Builder builder, List<FlowTrace> traces) {
    TraceQuery query = builder.build();
    assertThat(store().count(query)).as("%s", query).isEqualTo(traces.size());
    isGivenInEveryForm(query, traces);
  }

  @ParameterizedTest
  @EnumSource(
      value = ExecutionStatus.Kind.class,
      names = {"COMPLETED", "FAILED", "CANCELLED"})
  void aFinishedTraceIsNeverTurnedBackByALateWrite(ExecutionStatus.Kind kind) {
    FlowTrace finished = HEADER.toBuilder().status(ExecutionStatus.of(kind, "error")).build();
    store().storeTrace(finished);
    for (ExecutionStatus late : List.of(ExecutionStatus.pending(), ExecutionStatus.running())) {
      store().storeTrace(HEADER.toBuilder().status(late).metadata(metadata("late")).build());
      isStored(finished);
    }
  }

  @Test
  void aLateWriteStillBringsItsEvents() {
    FlowTrace finished =
        HEADER.toBuilder().status(ExecutionStatus.completed()).events(Samples.events(0, 2)).build();
    store().storeTrace(finished);
    store().storeTrace(HEADER.withEvents(Samples.events(1, 4)));
    isStored(finished.withEvents(Samples.events(0, 4)));
  }

  @Test
  void aFinishedTraceTakesAnotherEnd() {
    store().storeTrace(HEADER.toBuilder().status(ExecutionStatus.completed()).build());
    FlowTrace failed = HEADER.toBuilder().status(ExecutionStatus.failed("late error")).build();
    store().storeTrace(failed);
    isStored(failed);
  }

  @Test
  void aPendingHeaderReplacesARunningOne() {
    store().storeTrace(HEADER);
    FlowTrace pending = HEADER.toBuilder().status(ExecutionStatus.pending()).build();
    store().storeTrace(pending);
    isStored(pending);
  }

  @Test
  void storingTheSameAgainChangesNothing() {
    List<FlowTrace> traces = TraceGenerator.sample(2, 30);
    store().storeTraces(traces);
    store().storeTraces(traces);
    traces.forEach(store()::storeTrace);
    traces.forEach(trace -> store().storeEvents(trace.traceId(), trace.events()));
    for (FlowTrace trace : traces) {
      isStored(trace);
    }
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(traces.size());
  }

  @Test
  void anotherFlowIdIsRefused() {
    isRefused(HEADER.toBuilder().flowId("another").build());
  }

  @Test
  void anotherExecutionIdIsRefused() {
    isRefused(HEADER.toBuilder().executionId(Samples.executionId(99)).build());
  }

  @Test
  void anotherStartTimeIsRefused() {
    isRefused(HEADER.toBuilder().startTime(HEADER.startTime().plusNanos(1)).build());
  }

  private void isRefused(FlowTrace conflicting) {
    FlowTrace stored = HEADER.withEvents(Samples.events(0, 2));
    store().storeTrace(stored);
    FlowTrace refused =
        conflicting.toBuilder()
            .status(ExecutionStatus.completed())
            .events(List.of(Samples.event(0, "replaced"), Samples.event(5)))
            .build();
    assertThatThrownBy(() -> store().storeTrace(refused))
        .isInstanceOf(StoreConflictException.class)
        .hasMessageContaining(stored.traceId().toString());
    isStored(stored);
  }

  @Test
  void aFinishedTraceRefusesAnotherIdentityToo() {
    FlowTrace finished = HEADER.toBuilder().status(ExecutionStatus.cancelled()).build();
    store().storeTrace(finished);
    assertThatThrownBy(() ->
            store()
                .storeTrace(HEADER.toBuilder().flowId("another").event(Samples.event(0)).build()))
        .isInstanceOf(StoreConflictException.class);
    isStored(finished);
  }

  @Test
  void ofTwoEventsWithOneIdInACallTheLaterIsKept() {
    store().storeTrace(HEADER);
    store()
        .storeEvents(
            HEADER.traceId(),
            List.of(Samples.event(0, "first"), Samples.event(1), Samples.event(0, "second")));
    isStored(HEADER.withEvents(List.of(Samples.event(0, "second"), Samples.event(1))));
  }

  @Test
  void ofTwoEventsWithOneIdInACallTheEarlierMatchesNoQuery() {
    store().storeTrace(HEADER);
    store()
        .storeEvents(
            HEADER.traceId(), List.of(Samples.event(0, "first"), Samples.event(0, "second")));
    assertThat(store().count(TraceQuery.builder().actor("first").build())).isEqualTo(0);
    assertThat(store().count(TraceQuery.builder().actorContains("irs").build())).isEqualTo(0);
    assertThat(store().count(TraceQuery.builder().actor("second").build())).isEqualTo(1);
  }

  private void isStored(FlowTrace trace) {
    isAnswer(store().getTrace(trace.traceId()), Optional.of(trace));
    isAnswer(store().getEvents(trace.traceId()), trace.events());
    TraceQuery query =
        TraceQuery.builder().executionId(trace.executionId()).flowId(trace.flowId()).build();
    assertThat(store().queryTraces(query)).containsExactly(trace);
  }
}
