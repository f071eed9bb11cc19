package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A cursor gives every matching trace once, in order, as it is asked. */
abstract class CursorPromises extends StorePromises {

  @Test
  void withoutALimitACursorGivesAll() {
    List<FlowTrace> traces = Samples.traces(0, 2500);
    store().storeTraces(traces);
    isAnswer(read(TraceQuery.ALL), traces.reversed());
  }

  @Test
  void limitOffsetAndPlaceHold() {
    store().storeTraces(Samples.traces(0, 10));
    TraceQuery query =
        TraceQuery.builder()
            .after(TraceQuery.Position.of(Samples.trace(8)))
            .offset(2)
            .limit(3)
            .build();
    isAnswer(read(query), List.of(Samples.trace(5), Samples.trace(4), Samples.trace(3)));
  }

  @Test
  void aLimitBeyondOnePageHolds() {
    store().storeTraces(Samples.traces(0, 1200));
    isAnswer(
        read(TraceQuery.builder().limit(1001).offset(3).build()),
        Samples.traces(196, 1197).reversed());
  }

  @Test
  void filtersHold() {
    store().storeTraces(Samples.traces(0, 5));
    store().storeEvent(Samples.traceId(3), Samples.event(7, "rare"));
    isAnswer(
        read(TraceQuery.builder().actor("rare").withEvents(false).build()),
        List.of(Samples.header(3)));
  }

  @Test
  void filtersHoldBeyondOnePage() {
    List<FlowTrace> traces = new ArrayList<>();
    for (int i = 0; i < 2_400; i++) {
      Instant start = Samples.T0.plus(Duration.ofDays(i % 3)).plusSeconds(i / 6); // two at a time
      traces.add(
          Samples.header(i).toBuilder()
              .flowId("flow " + i % 5 / 4)
              .startTime(start)
              .endTime(start.plusSeconds(i % 7))
              .status(i % 4 == 0 ? ExecutionStatus.failed("error") : ExecutionStatus.completed())
              .event(Samples.event(0, "actor " + i % 5 / 4))
              .build());
    }
    store().storeTraces(traces);
    traces.sort(FlowTrace.NEWEST_FIRST);
    for (UnaryOperator<TraceQuery.Builder> filter :
        List.<UnaryOperator<TraceQuery.Builder>>of(
            query -> query.actor("actor 0"),
            query -> query.actorContains("or 0"),
            query -> query.eventType("MessageSent").flowId("flow 0"),
            query -> query.flowId("flow 0"),
            query -> query.status(ExecutionStatus.Kind.COMPLETED),
            query -> query.minDuration(Duration.ofSeconds(1)),
            query -> query.actor("actor 0").startedTo(Samples.T0.plus(Duration.ofDays(2))))) {
      TraceQuery query = filter.apply(TraceQuery.builder()).build();
      List<FlowTrace> matching = traces.stream().filter(query::matches).toList();
      assertThat(store().count(query)).as("%s", query).isEqualTo(matching.size());
      assertThat(read(query)).as("%s", query).isEqualTo(matching);
      TraceQuery headers = query.toBuilder().withEvents(false).limit(1_203).offset(5).build();
      assertThat(read(headers))
          .as("%s", headers)
          .isEqualTo(withoutEvents(matching.subList(5, 1_208)));
    }
  }

  @Test
  void headersOnlyComeWithoutEvents() {
    store().storeTraces(Samples.traces(0, 2));
    isAnswer(
        read(TraceQuery.builder().withEvents(false).build()),
        List.of(Samples.header(1), Samples.header(0)));
  }

  @Test
  void behindTheLastTraceThereIsNone() {
    store().storeTrace(Samples.trace(1));
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(cursor.next()).isEqualTo(Samples.trace(1));
      assertThat(cursor.hasNext()).isFalse();
      assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void askingForANextTraceTakesNone() {
    store().storeTraces(Samples.traces(0, 2));
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(List.of(cursor.hasNext(), cursor.hasNext(), cursor.hasNext())).containsOnly(true);
      assertThat(cursor.next()).isEqualTo(Samples.trace(1));
    }
  }

  @Test
  void aClosedCursorHasNoNextTrace() {
    store().storeTraces(Samples.traces(0, 3));
    TraceCursor cursor = store().openCursor(TraceQuery.ALL);
    cursor.next();
    cursor.close();
    cursor.close();
    assertThat(cursor.hasNext()).isFalse();
    assertThatThrownBy(cursor::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void aCursorOfAClosedStoreSaysSo() {
    store().storeTraces(Samples.traces(0, 2000));
    TraceCursor cursor = store().openCursor(TraceQuery.ALL);
    cursor.next();
    store().close();
    assertThatThrownBy(() -> cursor.forEachRemaining(trace -> {}))
        .isInstanceOf(StoreClosedException.class);
    cursor.close();
  }

  @Test
  void aTraceThatStaysAppearsOnceWhileOthersAreStoredAndDeleted() {
    List<FlowTrace> traces = Samples.traces(0, 900);
    store().storeTraces(traces);
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      while (cursor.hasNext()) {
        read.add(cursor.next());
        if (read.size() % 100 == 0) {
          store().storeTrace(Samples.trace(10_000 + read.size()));
          store().deleteTrace(Samples.traceId(read.size() / 100));
        }
      }
    }
    List<FlowTrace> stayed = traces.subList(10, 900).reversed();
    assertThat(read).doesNotHaveDuplicates();
    assertThat(read.stream().filter(trace -> stayed.contains(trace))).isEqualTo(stayed);
  }

  /** It holds neither a lock nor a snapshot that another call needs, in no process. */
  @Test
  void aCursorThatNobodyReadsOnKeepsNobodyWaiting() {
    List<FlowTrace> traces = Samples.traces(0, 1500);
    store().storeTraces(traces);
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      read.add(cursor.next());
      assertTimeoutPreemptively(
          KitSettings.patience(),
          () -> {
            useAll(store());
            if (fixture().traits().promise(Capability.SHARED)) {
              try (TraceStore other = TraceStores.open(kitStore().uri())) {
                useAll(other);
              }
            }
          });
      cursor.forEachRemaining(read::add);
    }
    assertThat(read).doesNotHaveDuplicates().isSubsetOf(traces);
    assertThat(read).containsAll(traces.subList(300, 1500));
  }

  private void useAll(TraceStore store) {
    assertThat(store.purgeBefore(Samples.T0.plusSeconds(300))).isIn(0L, 300L);
    store.storeTraces(Samples.traces(2000, 2010));
    store.storeEvent(Samples.traceId(1499), Samples.event(7));
    assertThat(store.deleteTrace(Samples.traceId(2000))).isTrue();
    isAnswer(store.getTrace(Samples.traceId(600)), Optional.of(Samples.trace(600)));
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1209);
    assertThat(store.eventMetrics(EventMetricsQuery.ALL)).isNotEmpty();
    isAnswer(
        store.queryTraces(TraceQuery.builder().limit(1).build()), List.of(Samples.trace(2009)));
    store.healthCheck();
    store.sync();
  }

  @Test
  void manyCursorsMayBeOpenAtOnce() {
    store().storeTraces(Samples.traces(0, 600));
    List<TraceCursor> cursors = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      cursors.add(store().openCursor(TraceQuery.ALL));
    }
    for (long number = 599; number >= 590; number--) {
      FlowTrace expected = Samples.trace(number);
      assertThat(cursors).allSatisfy(cursor -> assertThat(cursor.next()).isEqualTo(expected));
    }
    store().storeTrace(Samples.trace(1000));
    cursors.forEach(TraceCursor::close);
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(601);
  }
}
