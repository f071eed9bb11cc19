package io.tracestore.system.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tracestore.FlowRecorder;
import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An execution is recorded as it happens, with causes, spans and times that fit together. */
class FlowRecorderTest {
  private static final WriterListener NOTHING_LOST =
      new WriterListener() {
        @Override
        public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
          throw cause;
        }

        @Override
        public void eventsNotWritten(
            TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
          throw cause;
        }
      };

  private TraceStore store;

  @BeforeEach
  void open() {
    store = TraceStores.open("mem:");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private FlowTrace stored(FlowRecorder flow) {
    return store.getTrace(flow.traceId()).orElseThrow();
  }

  @Test
  void eachCallIsStoredWhenItReturns() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    assertThat(stored(flow).status()).isEqualTo(ExecutionStatus.running());

    TraceEvent started = flow.actor("reader").started().record();
    assertThat(stored(flow).events()).containsExactly(started);

    flow.complete();
    assertThat(stored(flow).status()).isEqualTo(ExecutionStatus.completed());
    assertThat(stored(flow).events()).containsExactly(started);
  }

  @Test
  void recordingThroughAWriterGivesTheSameTrace() {
    FlowRecorder flow;
    TraceEvent sent;
    try (TraceWriter writer = store.writer(WriterOptions.builder(NOTHING_LOST).build())) {
      flow = FlowRecorder.start(writer, "etl");
      sent = flow.actor("reader").sent("out").record();
      flow.fail("disk full");
    }
    assertThat(stored(flow).status()).isEqualTo(ExecutionStatus.failed("disk full"));
    assertThat(stored(flow).events()).containsExactly(sent);
  }

  @Test
  void anEventHasTheTypeAndTheDataOfWhatItsActorDid() {
    FlowRecorder.Actor actor = FlowRecorder.start(store, "etl").actor("reader");
    StateDiff diff =
        new StateDiff(null, Bytes.of(new byte[] {1, 2}), StateDiff.DiffType.INCREMENTAL);

    List<TraceEvent> events =
        List.of(
            actor.started().record(),
            actor.received("in").record(),
            actor.sent("out").record(),
            actor.sentTo("writer", "rows").record(),
            actor.stateChanged(diff).record(),
            actor.event(TraceEventType.NETWORK_EVENT).record());

    assertThat(events)
        .extracting(TraceEvent::eventType, event -> event.data().port())
        .containsExactly(
            tuple(TraceEventType.ACTOR_STARTED, null),
            tuple(TraceEventType.MESSAGE_RECEIVED, "in"),
            tuple(TraceEventType.MESSAGE_SENT, "out"),
            tuple(TraceEventType.dataFlow("writer", "rows"), null),
            tuple(TraceEventType.STATE_CHANGED, null),
            tuple(TraceEventType.NETWORK_EVENT, null));
    assertThat(events.get(4).data().stateDiff()).isEqualTo(diff);
  }

  @Test
  void theChainNamesWhatLiesBetweenTheRootAndTheEvent() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    TraceEvent first = flow.actor("a").started().record();
    TraceEvent second = flow.actor("b").started().causedBy(first).record();
    TraceEvent third = flow.actor("c").received("in").causedBy(second).record();
    TraceEvent fourth = flow.actor("d").received("in").causedBy(third).record();

    assertThat(List.of(first, second, third, fourth))
        .extracting(event -> event.causality().rootCauseEventId())
        .containsOnly(first.eventId());
    assertThat(List.of(second, third, fourth))
        .extracting(event -> event.causality().parentEventId())
        .containsExactly(first.eventId(), second.eventId(), third.eventId());
    assertThat(List.of(second, third, fourth))
        .extracting(event -> event.causality().dependencyChain())
        .containsExactly(
            List.of(), List.of(second.eventId()), List.of(second.eventId(), third.eventId()));
  }

  @Test
  void aChainHoldsTheNearestSixtyFourCauses() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    List<EventId> causes = new ArrayList<>();
    TraceEvent last = flow.actor("a").started().record();
    for (int i = 0; i < 100; i++) {
      last = flow.actor("a").sent("out").causedBy(last).record();
      causes.add(last.eventId());
    }
    assertThat(last.causality().dependencyChain()).isEqualTo(causes.subList(35, 99));
  }

  @Test
  void anActorsEventsAreCausedByItsStartAndShareItsSpanUntilItStartsAgain() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    FlowRecorder.Actor actor = flow.actor("a");
    TraceEvent started = actor.started().record();
    TraceEvent sent = actor.sent("out").record();
    TraceEvent again = actor.started().record();
    TraceEvent other = flow.actor("b").started().record();

    assertThat(sent.causality().parentEventId()).isEqualTo(started.eventId());
    assertThat(sent.causality().spanId()).isEqualTo(started.causality().spanId()).hasSize(16);
    assertThat(List.of(started, again, other))
        .extracting(event -> event.causality().spanId())
        .doesNotHaveDuplicates();
    assertThat(again.causality().rootCauseEventId()).isEqualTo(again.eventId());
  }

  @Test
  void anEndTakesTheTimeSinceTheStartUnlessItIsGiven() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    FlowRecorder.Actor actor = flow.actor("a");
    TraceEvent started = actor.started().record();
    TraceEvent completed = actor.completed().queueDepth(0).record();
    TraceEvent failed = actor.failed("late").executionTime(Duration.ofMillis(3)).record();

    assertThat(started.data().performanceMetrics()).isSameAs(PerformanceMetrics.NONE);
    assertThat(completed.data().performanceMetrics())
        .isEqualTo(
            PerformanceMetrics.builder()
                .executionTime(Duration.between(started.timestamp(), completed.timestamp()))
                .queueDepth(0)
                .build());
    assertThat(failed.data().performanceMetrics())
        .isEqualTo(PerformanceMetrics.ofExecutionTime(Duration.ofMillis(3)));
    assertThat(failed.data().error()).isEqualTo("late");
  }

  @Test
  void eventsOfManyThreadsLieWithinTheExecutionAndNoTwoAtOneTime()
      throws InterruptedException, ExecutionException {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    List<Future<TraceEvent>> recorded = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 1_000; i++) {
        String actor = "actor " + i % 10;
        recorded.add(threads.submit(() -> flow.actor(actor).sent("out").record()));
      }
    }
    flow.complete();

    FlowTrace trace = stored(flow);
    List<Instant> times = trace.events().stream().map(TraceEvent::timestamp).toList();
    assertThat(times).hasSize(1_000).doesNotHaveDuplicates();
    assertThat(times.getFirst()).isAfter(trace.startTime());
    assertThat(times.getLast()).isBefore(trace.endTime());
    for (Future<TraceEvent> event : recorded) {
      assertThat(trace.events()).contains(event.get());
    }
  }

  @Test
  void valuesSetBeforeTheStartAreInTheTrace() {
    TraceId id = TraceId.random();
    TraceMetadata metadata = TraceMetadata.builder().environment("test").build();

    FlowRecorder flow =
        FlowRecorder.builder("etl")
            .traceId(id)
            .version(FlowVersion.of(1, 2, 3))
            .metadata(metadata)
            .start(store);

    assertThat(flow.traceId()).isEqualTo(id);
    assertThat(stored(flow).version()).isEqualTo(FlowVersion.of(1, 2, 3));
    assertThat(stored(flow).metadata()).isEqualTo(metadata);
  }

  @Test
  void anAttributeAndAMessageAreStoredWithTheirEvent() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");

    TraceEvent event =
        flow.actor("a").sent("out").message("row", "42").attribute("order.id", 4711).record();

    assertThat(stored(flow).events().getFirst().data()).isEqualTo(event.data());
    assertThat(event.data())
        .isEqualTo(
            TraceEventData.builder()
                .port("out")
                .message(MessageSnapshot.of("row", Bytes.of((byte) '4', (byte) '2')))
                .attribute("order.id", 4711)
                .build());
  }

  @Test
  void anEventThatIsRecordedTwiceIsStoredOnce() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    FlowRecorder.Recording recording = flow.actor("a").started();

    assertThat(recording.record()).isSameAs(recording.record());
    assertThat(stored(flow).events()).hasSize(1);
  }

  @Test
  void anEndIsTheEnd() {
    FlowRecorder flow = FlowRecorder.start(store, "etl");
    flow.complete();
    flow.close();

    assertThat(stored(flow).status()).isEqualTo(ExecutionStatus.completed());
    assertThatThrownBy(() -> flow.actor("a").started().record())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("flow 'etl' has ended");
    assertThatThrownBy(() -> flow.fail("late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("flow 'etl' has ended");
  }

  @Test
  void aFlowThatIsClosedBeforeItsEndIsCancelled() {
    FlowRecorder closed;
    try (FlowRecorder flow = FlowRecorder.start(store, "etl")) {
      closed = flow;
    }
    assertThat(stored(closed).status()).isEqualTo(ExecutionStatus.cancelled());
  }
}
