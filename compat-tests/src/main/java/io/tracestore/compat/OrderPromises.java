package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Promise 3: order and paging are the same in every store. */
abstract class OrderPromises extends StorePromises {
  private static final int MOST_WRITES = 2000;

  /** Pages of a store that orders wrongly may never end. */
  private static final int MOST_READ = 2 * MOST_WRITES;

  @Test
  void eventsComeByTimeThenById() {
    List<TraceEvent> events = new ArrayList<>();
    for (Instant time : List.of(Samples.T0, Samples.T0.plusNanos(1))) {
      for (UUID id : TraceGenerator.trapUuids()) {
        UUID unique =
            time.equals(Samples.T0)
                ? id
                : new UUID(id.getMostSignificantBits() ^ 0x55L << 40, id.getLeastSignificantBits());
        events.add(
            Samples.event(0).toBuilder().eventId(new EventId(unique)).timestamp(time).build());
      }
    }
    FlowTrace trace = Samples.header(1);
    store().storeTrace(trace);
    Collections.shuffle(events, new Random(3));
    events.forEach(event -> store().storeEvent(trace.traceId(), event));
    events.sort(TraceEvent.ORDER);
    isAnswer(store().getEvents(trace.traceId()), events);
    isAnswer(store().getTrace(trace.traceId()), Optional.of(trace.withEvents(events)));
  }

  @Test
  void eventsFromTheFirstInstantToTheLastComeInOrder() {
    List<TraceEvent> events = new ArrayList<>();
    for (Instant time : TraceGenerator.trapInstants()) {
      events.add(Samples.event(events.size()).toBuilder().timestamp(time).build());
    }
    TraceId id = Samples.traceId(1);
    store().storeEvents(id, events);
    events.sort(TraceEvent.ORDER);
    isAnswer(store().getEvents(id), events);
  }

  @Test
  void theNewestTraceComesFirst() {
    List<FlowTrace> traces = new ArrayList<>();
    for (Instant start : TraceGenerator.trapInstants()) {
      traces.add(Samples.header(traces.size()).toBuilder().startTime(start).build());
    }
    isTheAnswer(traces);
  }

  @Test
  void tracesThatStartedTogetherComeById() {
    List<FlowTrace> traces = new ArrayList<>();
    for (UUID id : TraceGenerator.trapUuids()) {
      traces.add(Samples.header(0).toBuilder().traceId(new TraceId(id)).build());
    }
    isTheAnswer(traces);
  }

  @Test
  void theOrderDoesNotDependOnTheOrderOfWrites() {
    List<FlowTrace> traces = manyWithTies();
    store().storeTraces(traces);
    try (KitStore other = KitStore.open(fixture())) {
      other.store().storeTraces(traces.reversed());
      TraceQuery all = TraceQuery.builder().limit(1000).build();
      isAnswer(other.store().queryTraces(all), store().queryTraces(all));
    }
  }

  private void isTheAnswer(List<FlowTrace> traces) {
    List<FlowTrace> ordered = new ArrayList<>(traces);
    ordered.sort(FlowTrace.NEWEST_FIRST);
    Collections.shuffle(traces, new Random(5));
    traces.forEach(store()::storeTrace);
    isAnswer(store().queryTraces(TraceQuery.ALL), ordered);
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(cursor).toIterable().containsExactlyElementsOf(ordered);
    }
    for (int pageSize = 1; pageSize <= 3; pageSize++) {
      assertThat(pages(pageSize)).isEqualTo(ordered);
    }
  }

  /** Headers of which always eight start together, their ids spread over all values. */
  private static List<FlowTrace> manyWithTies() {
    List<FlowTrace> traces = new ArrayList<>();
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      traces.add(
          Samples.header(i / 8).toBuilder()
              .traceId(new TraceId(new UUID(random.nextLong(), random.nextLong())))
              .build());
    }
    return traces;
  }

  @Test
  void pagesPutTogetherAreTheWhole() {
    List<FlowTrace> traces = manyWithTies();
    store().storeTraces(traces);
    traces.sort(FlowTrace.NEWEST_FIRST);
    assertThat(pages(7)).isEqualTo(traces);
    assertThat(pages(200)).isEqualTo(traces);
    assertThat(pages(201)).isEqualTo(traces);
  }

  @Test
  void aPageAfterTheLastTraceIsEmpty() {
    store().storeTrace(Samples.header(1));
    assertThat(store().queryTraces(TraceQuery.ALL.after(Samples.header(1)))).isEmpty();
  }

  @Test
  void aPageIsContinuedAfterATraceThatWasDeleted() {
    store().storeTraces(Samples.traces(0, 4));
    store().deleteTrace(Samples.traceId(2));
    isAnswer(
        store().queryTraces(TraceQuery.ALL.after(Samples.trace(2))),
        List.of(Samples.trace(1), Samples.trace(0)));
  }

  @Test
  void offsetsPutTogetherAreTheWhole() {
    List<FlowTrace> traces = manyWithTies();
    store().storeTraces(traces);
    traces.sort(FlowTrace.NEWEST_FIRST);
    List<FlowTrace> read = new ArrayList<>();
    for (int offset = 0; offset <= traces.size(); offset += 30) {
      read.addAll(store().queryTraces(TraceQuery.builder().offset(offset).limit(30).build()));
    }
    assertThat(read).isEqualTo(traces);
    assertThat(store().queryTraces(TraceQuery.builder().offset(Long.MAX_VALUE).build())).isEmpty();
  }

  @Test
  void anOffsetCountsFromThePlaceOfThePage() {
    store().storeTraces(Samples.traces(0, 6));
    TraceQuery query =
        TraceQuery.builder()
            .after(TraceQuery.Position.of(Samples.trace(4)))
            .offset(1)
            .limit(2)
            .build();
    isAnswer(store().queryTraces(query), List.of(Samples.trace(2), Samples.trace(1)));
  }

  @Test
  void whileOthersWriteNoTraceIsSkippedOrDoubled() throws InterruptedException {
    List<FlowTrace> traces = manyWithTies();
    store().storeTraces(traces);
    traces.sort(FlowTrace.NEWEST_FIRST);
    AtomicBoolean done = new AtomicBoolean();
    Thread writer = Thread.ofVirtual().start(() -> writeAmong(traces, done));
    List<FlowTrace> read;
    try {
      read = pages(3);
    } finally {
      done.set(true);
      writer.join();
    }
    assertThat(read).isSortedAccordingTo(FlowTrace.NEWEST_FIRST).doesNotHaveDuplicates();
    assertThat(read.stream().filter(new HashSet<>(traces)::contains)).isEqualTo(traces);
  }

  /** Stores new traces that start together with stored ones, until {@code done} is set. */
  private void writeAmong(List<FlowTrace> traces, AtomicBoolean done) {
    for (int i = 0; !done.get() && i < MOST_WRITES; i++) {
      TraceId id = new TraceId(Uuids.randomV7());
      FlowTrace neighbour = traces.get(i * 13 % traces.size());
      store().storeTrace(neighbour.toBuilder().traceId(id).build());
      if (i % 3 == 0) {
        store().deleteTrace(id);
      }
    }
  }

  private List<FlowTrace> pages(int size) {
    List<FlowTrace> read = new ArrayList<>();
    TraceQuery next = TraceQuery.builder().limit(size).build();
    List<FlowTrace> page = store().queryTraces(next);
    while (!page.isEmpty() && read.size() < MOST_READ) {
      read.addAll(page);
      next = next.after(page.getLast());
      page = store().queryTraces(next);
    }
    return read;
  }
}
