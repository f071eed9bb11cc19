package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.event;
import static io.tracestore.provider.mem.TestTraces.events;
import static io.tracestore.provider.mem.TestTraces.open;
import static io.tracestore.provider.mem.TestTraces.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracestore.model.Bytes;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Health;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoundsTest {
  private static final int MIB = 1 << 20;

  private static TraceEvent bigEvent(int millis, int bytes) {
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor")
        .timestamp(TestTraces.START.plusMillis(millis))
        .data(
            TraceEventData.builder()
                .message(MessageSnapshot.of("big", Bytes.of(new byte[bytes])))
                .build())
        .build();
  }

  private static FlowTrace big(int second, int bytes) {
    return FlowTrace.builder("flow")
        .startTime(TestTraces.START.plusSeconds(second))
        .event(bigEvent(second * 1000, bytes))
        .build();
  }

  @Test
  void aTraceWithTooManyEventsIsRefused() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2")) {
      FlowTrace trace = trace(0, "flow", "a", "b", "c");
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeTrace(trace))
          .withMessage(
              "trace %s would have 3 events, but mem: keeps 2 of one trace;"
                      .formatted(trace.traceId())
                  + " raise maxEventsPerTrace or set overflow=DROP_OLDEST");
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void anEventTooManyIsRefusedWithAllOfItsCall() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2")) {
      FlowTrace trace = trace(0, "flow", "a");
      store.storeTrace(trace);
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeEvents(trace.traceId(), events(0, 2)));
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void aHeaderComingWithTooManyEventsIsRefusedToo() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2")) {
      FlowTrace trace = trace(0, "flow", "a");
      store.storeTrace(trace);
      FlowTrace failed =
          trace.toBuilder().status(ExecutionStatus.failed("late")).events(events(0, 2)).build();
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeTrace(failed));
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void storingTheSameEventsAgainIsNoOverflow() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2")) {
      FlowTrace trace = trace(0, "flow", "a", "b");
      store.storeTrace(trace);
      store.storeEvents(trace.traceId(), trace.events());
      store.storeTrace(trace);
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void dropOldestKeepsTheNewestEventsOfATrace() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2&overflow=DROP_OLDEST")) {
      FlowTrace trace = trace(0, "flow", "a", "b", "c");
      store.storeTrace(trace);
      assertThat(store.getTrace(trace.traceId()))
          .contains(trace.withEvents(trace.events().subList(1, 3)));
      assertThat(store.metrics().counters()).containsEntry("droppedEvents", 1L);
    }
  }

  @Test
  void dropOldestKeepsTheNewestOfEventsThatComeOneByOne() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=3&overflow=DROP_OLDEST")) {
      TraceId id = TraceId.random();
      List<TraceEvent> events = events(0, 10);
      events.forEach(event -> store.storeEvent(id, event));
      assertThat(store.getEvents(id)).isEqualTo(events.subList(7, 10));
      assertThat(store.metrics().counters()).containsEntry("droppedEvents", 7L);
    }
  }

  @Test
  void dropOldestDropsANewEventThatIsOlderThanAllOthers() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2&overflow=DROP_OLDEST")) {
      FlowTrace trace = trace(1, "flow", "a", "b");
      store.storeTrace(trace);
      store.storeEvent(trace.traceId(), event(1, "older"));
      assertThat(store.getEvents(trace.traceId())).isEqualTo(trace.events());
    }
  }

  @Test
  void dropOldestGoesByTheTimeThatAnEventHasNow() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=2&overflow=DROP_OLDEST")) {
      FlowTrace trace = trace(0, "flow", "a", "b");
      TraceEvent movedToTheEnd =
          trace.events().getFirst().toBuilder().timestamp(TestTraces.START.plusSeconds(60)).build();
      TraceEvent between = event(500, "c");
      store.storeTrace(trace);
      store.storeEvents(trace.traceId(), List.of(movedToTheEnd, between));
      assertThat(store.getEvents(trace.traceId())).containsExactly(between, movedToTheEnd);
    }
  }

  @Test
  void aDroppedEventNoLongerMatchesQueries() {
    try (TraceStore store = open("mem:?maxEventsPerTrace=1&overflow=DROP_OLDEST")) {
      FlowTrace trace = trace(0, "flow", "before");
      store.storeTrace(trace);
      store.storeEvent(trace.traceId(), event(500, "after"));
      assertThat(store.count(TraceQuery.builder().actor("before").build())).isZero();
      assertThat(store.count(TraceQuery.builder().actor("after").build())).isOne();
    }
  }

  @Test
  void aTraceLargerThanTheMemoryBoundIsRefusedAndEvictsNothing() {
    try (TraceStore store = open("mem:?maxMemoryMb=1")) {
      FlowTrace small = trace(0);
      FlowTrace large = big(1, 2 * MIB);
      store.storeTrace(small);
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeTrace(large))
          .withMessageMatching(
              "trace %s would take about \\d+ bytes, but mem: holds 1 MiB; raise maxMemoryMb"
                  .formatted(large.traceId()));
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(small);
    }
  }

  @Test
  void anEventThatMakesItsTraceTooLargeIsRefused() {
    try (TraceStore store = open("mem:?maxMemoryMb=1")) {
      FlowTrace trace = big(0, MIB / 2);
      store.storeTrace(trace);
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeEvent(trace.traceId(), bigEvent(1, MIB / 2)));
      assertThat(store.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void fullMemoryEvicts() {
    try (TraceStore store = open("mem:?maxMemoryMb=1")) {
      FlowTrace second = big(1, MIB / 3);
      FlowTrace third = big(2, MIB / 3);
      store.storeTrace(big(0, MIB / 3));
      store.storeTrace(second);
      store.storeTrace(third);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(third, second);
      assertThat(store.metrics().storageBytes()).isBetween(MIB * 2L / 3, (long) MIB);
    }
  }

  @Test
  void aTraceThatGrowsEvictsOthersAndNotItself() {
    try (TraceStore store = open("mem:?maxMemoryMb=1&evictionPolicy=FIFO")) {
      FlowTrace growing = big(0, MIB / 3);
      store.storeTrace(growing);
      store.storeTrace(big(1, MIB / 3));
      store.storeEvent(growing.traceId(), bigEvent(1, MIB / 2));
      assertThat(store.queryTraces(TraceQuery.ALL))
          .extracting(FlowTrace::traceId)
          .containsExactly(growing.traceId());
    }
  }

  @Test
  void deletingGivesAllMemoryBack() {
    try (TraceStore store = open("mem:")) {
      FlowTrace trace = trace(0, "flow", "a", "b");
      store.storeTrace(trace);
      store.storeEvent(trace.traceId(), event(1, "c"));
      store.storeTrace(trace.toBuilder().status(ExecutionStatus.failed("late")).build());
      store.deleteTrace(trace.traceId());
      assertThat(store.metrics().storageBytes()).isZero();
    }
  }

  @Test
  void earlyEventsCountAsATrace() {
    try (TraceStore store = open("mem:?maxTraces=1")) {
      TraceId first = TraceId.random();
      TraceId second = TraceId.random();
      store.storeEvent(first, event(0, "a"));
      store.storeEvent(second, event(1, "a"));
      assertThat(store.getEvents(first)).isEmpty();
      assertThat(store.getEvents(second)).hasSize(1);
    }
  }

  @Test
  void theHealthOfAStoreThatEvictsIsTheRoomItHas() {
    try (TraceStore store = open("mem:?maxTraces=1")) {
      store.storeTrace(trace(0));
      Health health = store.healthCheck();
      assertThat(health.detail()).isEqualTo("holds 1 of 1 traces, 0 of 256 MiB");
      assertThat(health.warnings()).isEmpty();
    }
  }

  @Test
  void aStoreThatIsNearlyFullAndEvictsNothingWarns() {
    try (TraceStore store = open("mem:?maxTraces=10&evictionPolicy=NONE")) {
      for (int i = 0; i < 9; i++) {
        store.storeTrace(trace(i));
      }
      assertThat(store.healthCheck().warnings())
          .containsExactly("nearly full, and evicts nothing: new traces will be refused");
    }
  }

  @Test
  void aStoreThatIsFullAndEvictsNothingIsNotHealthy() {
    try (TraceStore store = open("mem:?maxTraces=1&evictionPolicy=NONE")) {
      store.storeTrace(trace(0));
      assertThatExceptionOfType(StoreCapacityException.class).isThrownBy(store::healthCheck);
    }
  }
}
