package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.event;
import static io.tracestore.provider.mem.TestTraces.open;
import static io.tracestore.provider.mem.TestTraces.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvictionTest {
  private final FlowTrace a = trace(1, "flow-a", "actor-a");
  private final FlowTrace b = trace(2, "flow-b", "actor-b");
  private final FlowTrace c = trace(3, "flow-c", "actor-c");
  private final FlowTrace d = trace(4, "flow-d", "actor-d");

  private static TraceStore full(String policy, FlowTrace... traces) {
    TraceStore store = open("mem:?maxTraces=%d&evictionPolicy=%s".formatted(traces.length, policy));
    for (FlowTrace trace : traces) {
      store.storeTrace(trace);
    }
    return store;
  }

  @Test
  void lruEvictsTheOneWrittenLongestAgo() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, b);
    }
  }

  @Test
  void lruSparesWhatGetTraceRead() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.getTrace(a.traceId());
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, a);
    }
  }

  @Test
  void lruSparesWhatGetEventsRead() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.getEvents(a.traceId());
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, a);
    }
  }

  @Test
  void lruSparesWhatAQueryReturned() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.queryTraces(TraceQuery.builder().flowId("flow-a").build());
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, a);
    }
  }

  @Test
  void lruDoesNotSpareWhatWasOnlyCounted() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.count(TraceQuery.builder().flowId("flow-a").actorContains("actor").build());
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, b);
    }
  }

  @Test
  void lruSparesWhatGotAnEvent() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.storeEvent(a.traceId(), event(1500, "actor-a"));
      store.storeTrace(d);
      assertThat(store.getTrace(b.traceId())).isEmpty();
      assertThat(store.getTrace(a.traceId())).isPresent();
    }
  }

  @Test
  void lruSparesWhatWasStoredAgainUnchanged() {
    try (TraceStore store = full("LRU", a, b, c)) {
      store.storeTrace(a);
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, a);
    }
  }

  @Test
  void lruFollowsTheExactOrderOfUse() {
    int traces = 100;
    FlowTrace[] stored =
        IntStream.range(0, traces).mapToObj(TestTraces::trace).toArray(FlowTrace[]::new);
    try (TraceStore store = full("LRU", stored)) {
      List<FlowTrace> byUse = new ArrayList<>();
      for (int i = 0; i < traces; i++) {
        FlowTrace used = stored[i * 37 % traces];
        store.getTrace(used.traceId());
        byUse.add(used);
      }
      for (int i = 0; i < traces / 2; i++) {
        store.storeTrace(trace(1000 + i));
      }
      assertThat(
              store.queryTraces(
                  TraceQuery.builder().startedTo(TestTraces.START.plusSeconds(999)).build()))
          .containsExactlyInAnyOrderElementsOf(byUse.subList(traces / 2, traces));
    }
  }

  @Test
  void fifoEvictsTheOneStoredFirstHoweverOftenItWasUsed() {
    try (TraceStore store = full("FIFO", a, b, c)) {
      store.getTrace(a.traceId());
      store.storeTrace(a);
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, b);
    }
  }

  @Test
  void fifoGoesByTheFirstEventOfATrace() {
    try (TraceStore store = open("mem:?maxTraces=2&evictionPolicy=FIFO")) {
      store.storeEvents(a.traceId(), a.events());
      store.storeTrace(b);
      store.storeTrace(a);
      store.storeTrace(c);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(c, b);
    }
  }

  @Test
  void randomEvictsOneOfThoseThatWereThere() {
    try (TraceStore store = full("RANDOM", a, b, c)) {
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).hasSize(3).contains(d).isSubsetOf(a, b, c, d);
    }
  }

  @Test
  void noneRefusesANewTraceWhenFull() {
    try (TraceStore store = full("NONE", a, b, c)) {
      assertThatExceptionOfType(StoreCapacityException.class)
          .isThrownBy(() -> store.storeTrace(d))
          .withMessage(
              "mem: is full and evicts nothing: it holds 3 of 3 traces, 0 of 256 MiB;"
                  + " delete or purge traces, or raise the bound");
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(c, b, a);
    }
  }

  @Test
  void noneStillTakesEventsOfTheTracesThatAreThere() {
    try (TraceStore store = full("NONE", a, b, c)) {
      store.storeEvent(a.traceId(), event(1500, "late"));
      assertThat(store.getEvents(a.traceId())).hasSize(2);
    }
  }

  @Test
  void noneTakesANewTraceOnceOneIsDeleted() {
    try (TraceStore store = full("NONE", a, b, c)) {
      store.deleteTrace(b.traceId());
      store.storeTrace(d);
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(d, c, a);
    }
  }

  @Test
  void anEvictedTraceIsGoneFromEveryIndex() {
    try (TraceStore store = full("LRU", a)) {
      store.storeTrace(b);
      assertThat(store.getEvents(a.traceId())).isEmpty();
      assertThat(store.count(TraceQuery.builder().flowId("flow-a").build())).isZero();
      assertThat(store.count(TraceQuery.builder().actor("actor-a").build())).isZero();
      assertThat(store.count(TraceQuery.builder().actorContains("actor").build())).isOne();
      assertThat(store.count(TraceQuery.builder().startedTo(a.startTime()).build())).isZero();
    }
  }

  @Test
  void evictedTracesAreCounted() {
    try (TraceStore store = full("LRU", a, b)) {
      store.storeTrace(c);
      store.storeTrace(d);
      assertThat(store.metrics().counters())
          .containsEntry("evictedTraces", 2L)
          .containsEntry("traces", 2L);
    }
  }
}
