package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Deleted and purged traces are gone from every answer, and nothing else is. */
abstract class DeleteAndPurgePromises extends StorePromises {
  @Test
  void aDeletedTraceIsGoneFromEveryAnswer() {
    store().storeTraces(Samples.traces(0, 3));
    TraceId id = Samples.traceId(1);
    assertThat(store().deleteTrace(id)).isTrue();
    assertThat(store().getTrace(id)).isEmpty();
    assertThat(store().getEvents(id)).isEmpty();
    assertThat(store().count(TraceQuery.builder().actor("actor").build())).isEqualTo(2);
    isAll(Samples.trace(2), Samples.trace(0));
  }

  @Test
  void deletingAgainFindsNothing() {
    store().storeTrace(Samples.trace(1));
    assertThat(store().deleteTrace(Samples.traceId(1))).isTrue();
    assertThat(store().deleteTrace(Samples.traceId(1))).isFalse();
  }

  @Test
  void aDeletedIdMayBeStoredAgainWithAnotherIdentity() {
    store().storeTrace(Samples.trace(1).toBuilder().status(ExecutionStatus.completed()).build());
    store().deleteTrace(Samples.traceId(1));
    FlowTrace another =
        Samples.header(1).toBuilder().flowId("another").executionId(Samples.executionId(9)).build();
    store().storeTrace(another);
    isAll(another);
  }

  @Test
  void purgeRemovesWhatStartedBeforeTheCutoffAndOnlyThat() {
    store().storeTraces(Samples.traces(0, 5));
    assertThat(store().purgeBefore(Samples.trace(2).startTime())).isEqualTo(2);
    isAll(Samples.trace(4), Samples.trace(3), Samples.trace(2));
    assertThat(store().getEvents(Samples.traceId(1))).isEmpty();
    assertThat(store().getTrace(Samples.traceId(1))).isEmpty();
  }

  @Test
  void purgeIsExactToTheNanosecond() {
    store().storeTrace(Samples.trace(1));
    Instant start = Samples.trace(1).startTime();
    assertThat(store().purgeBefore(start)).isEqualTo(0);
    assertThat(store().purgeBefore(start.plusNanos(1))).isEqualTo(1);
    isAll();
  }

  @Test
  void purgeKeepsOldEventsOfATraceThatStays() {
    FlowTrace trace = Samples.header(10).withEvents(Samples.events(0, 3));
    store().storeTrace(trace);
    assertThat(store().purgeBefore(trace.startTime())).isEqualTo(0);
    isAnswer(store().getTrace(trace.traceId()), Optional.of(trace));
  }

  @Test
  void purgeRemovesNewEventsOfAnOldTrace() {
    FlowTrace trace = Samples.header(0).withEvents(Samples.events(5_000, 5_002));
    store().storeTrace(trace);
    assertThat(store().purgeBefore(Samples.T0.plusNanos(1))).isEqualTo(1);
    assertThat(store().getEvents(trace.traceId())).isEmpty();
  }

  @Test
  void purgeRemovesOldEarlyEventsWithoutCountingThem() {
    TraceId id = Samples.traceId(1);
    store().storeEvents(id, Samples.events(0, 4));
    assertThat(store().purgeBefore(Samples.event(2).timestamp())).isEqualTo(0);
    isAnswer(store().getEvents(id), Samples.events(2, 4));
  }

  /** Names, index entries and what else came with traces go with them, now or soon. */
  @Test
  void actorsAndTypesAreRemovedWithTheirTraces() {
    assumeFalse(fixture().hasOtherWriters(), "others write to the store too");
    long empty = store().metrics().dataBytes();
    List<FlowTrace> traces = new ArrayList<>();
    for (int number = 0; number < 1_000; number++) {
      String name = " of trace " + number + " " + "x".repeat(80);
      traces.add(
          Samples.header(number).toBuilder()
              .flowId("flow" + name)
              .metadata(TraceMetadata.builder().userId("user" + name).tag("tag", name).build())
              .events(
                  List.of(
                      TraceEvent.builder(TraceEventType.custom("type" + name), "actor" + name)
                          .eventId(Samples.event(1).eventId())
                          .timestamp(Samples.T0)
                          .build()))
              .build());
    }
    store().storeTraces(traces);
    long full = store().metrics().dataBytes();
    assumeTrue(full > empty, "the engine does not tell what data take");
    for (FlowTrace trace : traces.subList(0, 10)) {
      store().deleteTrace(trace.traceId());
    }
    store().purgeBefore(Instant.MAX);
    long most = empty + (full - empty) / 10;
    assertTimeoutPreemptively(
        Duration.ofSeconds(50),
        () -> {
          while (store().metrics().dataBytes() > most) {
            // An engine may tidy up as it is used on.
            store().storeTrace(Samples.trace(1));
            store().purgeBefore(Instant.MAX);
          }
        },
        () -> "%d bytes, at most %d expected".formatted(store().metrics().dataBytes(), most));
  }

  @Test
  void purgeTakesAnyInstant() {
    store().storeTrace(Samples.header(1).toBuilder().startTime(EpochNanos.MIN).build());
    store().storeTrace(Samples.header(2).toBuilder().startTime(EpochNanos.MAX).build());
    assertThat(store().purgeBefore(Instant.MIN)).isEqualTo(0);
    assertThat(store().purgeBefore(EpochNanos.MIN)).isEqualTo(0);
    assertThat(store().purgeBefore(EpochNanos.MAX)).isEqualTo(1);
    assertThat(store().purgeBefore(Instant.MAX)).isEqualTo(1);
    isAll();
  }

  @Test
  void purgeRemovesManyAtOnce() {
    store().storeTraces(Samples.traces(0, 3000));
    assertThat(store().purgeBefore(Samples.trace(2998).startTime())).isEqualTo(2998);
    isAll(Samples.trace(2999), Samples.trace(2998));
  }

  @Test
  void purgeOverSeveralDaysTakesAllOfTheOldAndNothingOfTheNew() {
    ReferenceStore reference = new ReferenceStore();
    List<StoreOperation> stored = new ArrayList<>();
    for (int day = 0; day < 6; day++) {
      for (int i = 0; i < 3; i++) {
        Instant start = Samples.T0.plus(Duration.ofDays(day)).plusSeconds(i);
        FlowTrace header =
            Samples.header(10 * day + i).toBuilder().flowId("flow " + i).startTime(start).build();
        // Events of the other end of the week, so that their day is not that of their trace.
        Instant other = Samples.T0.plus(Duration.ofDays(5 - day)).plusSeconds(i);
        TraceEvent first = Samples.event(1, "day " + day);
        TraceEvent second =
            Samples.event(2, "actor " + i).toBuilder()
                .timestamp(other)
                .eventType(TraceEventType.dataFlow("to", ""))
                .build();
        if (i == 0) { // early, then its header
          stored.add(new StoreOperation.StoreEvents(header.traceId(), List.of(first)));
          stored.add(new StoreOperation.StoreTrace(header.withEvents(List.of(second))));
        } else { // its header, then late, of one of them a version that is replaced
          stored.add(new StoreOperation.StoreTrace(header.withEvents(List.of(first))));
          stored.add(
              new StoreOperation.StoreEvents(
                  header.traceId(), List.of(Samples.event(i, "before"))));
          stored.add(new StoreOperation.StoreEvents(header.traceId(), List.of(first, second)));
        }
      }
      TraceEvent alone =
          Samples.event(day, "alone").toBuilder()
              .timestamp(Samples.T0.plus(Duration.ofDays(day)))
              .build();
      stored.add(new StoreOperation.StoreEvents(Samples.traceId(99), List.of(alone)));
    }
    stored.forEach(write -> answersAlike(write, reference));
    for (Instant cutoff :
        List.of(
            Samples.T0.minusNanos(1),
            Samples.T0.plus(Duration.ofDays(3)).plusSeconds(1), // three days and a trace
            Instant.parse("2026-03-09T00:00:00Z"))) { // to the end of a day
      answersAlike(new StoreOperation.PurgeBefore(cutoff), reference);
      isLeft(reference);
    }
    // A purged trace does not come back with its id, which may have another identity.
    answersAlike(
        new StoreOperation.StoreTrace(Samples.header(0).toBuilder().flowId("new flow").build()),
        reference);
    isLeft(reference);
  }

  private void isLeft(ReferenceStore reference) {
    for (int number : new int[] {0, 1, 2, 20, 21, 22, 30, 31, 32, 50, 99}) {
      answersAlike(new StoreOperation.GetTrace(Samples.traceId(number)), reference);
    }
    answersAlike(new StoreOperation.Query(TraceQuery.ALL), reference);
    for (String actor : List.of("day 0", "day 3", "day 5", "actor 0", "actor 1", "before")) {
      TraceQuery.Builder query = TraceQuery.builder().actor(actor);
      answersAlike(new StoreOperation.Query(query.build()), reference);
      answersAlike(new StoreOperation.Query(query.withEvents(false).build()), reference);
    }
    for (String flow : Arrays.asList(null, "flow 0", "flow 1", "new flow")) {
      answersAlike(
          new StoreOperation.Analyze(
              EventMetricsQuery.builder().bucket(Duration.ofDays(1)).flowId(flow).build(),
              new ActorGraphQuery(null, null, flow)),
          reference);
    }
  }

  @Test
  void purgeTakesTheOldEarlyEventsOfManyTraces() {
    List<TraceEvent> events = List.of(Samples.event(0, "old"), Samples.event(60_000, "new"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Void>> writes =
          IntStream.range(0, 300)
              .mapToObj(number ->
                  CompletableFuture.runAsync(
                      () -> store().storeEvents(Samples.traceId(number), events), threads))
              .toList();
      writes.forEach(CompletableFuture::join);
    }
    assertThat(store().purgeBefore(events.getLast().timestamp())).isEqualTo(0);
    for (int number = 0; number < 300; number++) {
      assertThat(store().getEvents(Samples.traceId(number))).containsExactly(events.getLast());
    }
    assertThat(store().eventMetrics(EventMetricsQuery.ALL))
        .extracting(EventMetrics::actorId, EventMetrics::events)
        .containsExactly(tuple("new", 300L));
    store().storeTraces(IntStream.range(0, 300).mapToObj(Samples::header).toList());
    assertThat(store().count(TraceQuery.builder().actor("old").build())).isEqualTo(0);
    assertThat(store().count(TraceQuery.builder().actorContains("ol").build())).isEqualTo(0);
    TraceQuery headersOfOld = TraceQuery.builder().actor("old").withEvents(false).build();
    assertThat(store().queryTraces(headersOfOld)).isEmpty();
    assertThat(store().count(TraceQuery.builder().actor("new").build())).isEqualTo(300);
  }

  @Test
  void deletedTracesStayDeletedAfterAReopen() {
    onlyIf(Capability.PERSISTENT);
    store().storeTraces(Samples.traces(0, 4));
    store().deleteTrace(Samples.traceId(3));
    store().purgeBefore(Samples.trace(1).startTime());
    kitStore().reopen();
    isAll(Samples.trace(2), Samples.trace(1));
  }

  private void isAll(FlowTrace... traces) {
    assertThat(store().queryTraces(TraceQuery.ALL)).containsExactly(traces);
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(traces.length);
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(cursor).toIterable().containsExactly(traces);
    }
  }
}
