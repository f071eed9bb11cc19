package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Promises about questions that a store answers without whole traces. */
abstract class QuestionPromises extends StorePromises {
  @Test
  void aHeaderIsReadWithoutItsEvents() {
    store().storeTrace(Samples.trace(1));
    assertThat(store().getHeader(Samples.traceId(1))).contains(Samples.header(1));
  }

  @Test
  void thereIsNoHeaderOfAnUnknownTraceOrOfEarlyEvents() {
    store().storeEvent(Samples.traceId(2), Samples.event(0));
    assertThat(store().getHeader(Samples.traceId(1))).isEmpty();
    assertThat(store().getHeader(Samples.traceId(2))).isEmpty();
  }

  @Test
  void eventsAreCountedAsTheyAreStoredReplacedAndRemoved() {
    TraceEventData failure = TraceEventData.builder().error("refused").build();
    TraceEvent failed = Samples.event(1).toBuilder().data(failure).build();
    store().storeEvents(Samples.traceId(1), List.of(Samples.event(0), failed));
    store().storeTrace(Samples.header(2));
    List<TraceId> ids = List.of(Samples.traceId(1), Samples.traceId(2), Samples.traceId(3));
    assertThat(store().eventCounts(ids))
        .isEqualTo(
            Map.of(
                ids.get(0), new EventCounts(2, 1),
                ids.get(1), EventCounts.NONE,
                ids.get(2), EventCounts.NONE));

    store().storeTrace(Samples.header(1).withEvents(Samples.events(1, 3)));
    store().storeEvent(Samples.traceId(2), failed);
    assertThat(store().eventCounts(ids).values())
        .containsExactlyInAnyOrder(new EventCounts(3, 0), new EventCounts(1, 1), EventCounts.NONE);

    store().deleteTrace(Samples.traceId(1));
    assertThat(store().eventCounts(ids.subList(0, 1)))
        .isEqualTo(Map.of(ids.get(0), EventCounts.NONE));
    assertThat(store().eventCounts(List.of())).isEmpty();
  }

  @Test
  void openedEventsComeInOrderFromAPositionOn() {
    List<TraceEvent> events = Samples.events(0, 2_500);
    store().storeTrace(Samples.header(1).withEvents(events));
    assertThat(opened(1, EventRange.ALL)).isEqualTo(events);
    assertThat(opened(1, EventRange.after(events.get(9)))).isEqualTo(events.subList(10, 2_500));
    assertThat(opened(1, EventRange.after(events.get(9)).withLimit(1_500)))
        .isEqualTo(events.subList(10, 1_510));
    assertThat(opened(1, EventRange.after(events.getLast()))).isEmpty();
  }

  @Test
  void openedEventsOfOneTimeAreContinuedByTheirId() {
    List<TraceEvent> events =
        Samples.events(0, 5).stream()
            .map(e -> e.toBuilder().timestamp(Samples.T0).build())
            .toList();
    store().storeTrace(Samples.header(1).withEvents(events));
    assertThat(opened(1, EventRange.after(events.get(1)))).isEqualTo(events.subList(2, 5));
  }

  @Test
  void openedEventsOfManyPagesAreThoseOfTheTrace() {
    TraceEventData large =
        TraceEventData.builder()
            .message(MessageSnapshot.of("zeros", Bytes.of(new byte[4_000])))
            .build();
    List<TraceEvent> events = new ArrayList<>();
    for (TraceEvent event : Samples.events(0, 6_000)) {
      // Later times have smaller ids, and two events each time.
      long time = 10_000_000L - event.eventId().value().getLeastSignificantBits() / 2;
      events.add(event.toBuilder().timestamp(Samples.T0.plusNanos(time)).data(large).build());
    }
    FlowTrace trace = Samples.header(1).withEvents(events);
    store().storeTrace(trace);
    assertThat(opened(1, EventRange.ALL)).isEqualTo(trace.events());
    assertThat(opened(1, EventRange.after(trace.events().get(2_000)).withLimit(3_000)))
        .isEqualTo(trace.events().subList(2_001, 5_001));
  }

  @Test
  void aCursorGivesEveryTraceOfWhichOnlyALargeOneMayLackItsEvents() {
    FlowTrace large = Samples.header(2).withEvents(Samples.events(0, 2_500));
    store().storeTraces(List.of(Samples.trace(1), large, Samples.header(3), Samples.trace(4)));
    String actor = large.events().getFirst().actorId();
    for (TraceQuery query : List.of(TraceQuery.ALL, TraceQuery.builder().actor(actor).build())) {
      List<FlowTrace> read = read(query.toBuilder().maxEventBytes(100_000L).build());
      List<FlowTrace> whole =
          read.stream()
              .map(trace ->
                  trace.events().isEmpty()
                      ? trace.withEvents(opened(trace.traceId(), EventRange.ALL))
                      : trace)
              .toList();
      assertThat(whole).isEqualTo(read(query));
      assertThat(read.stream().filter(trace -> trace.events().isEmpty()))
          .isSubsetOf(Samples.header(2), Samples.header(3));
    }
  }

  @Test
  void anEventThatIsReplacedIsOpenedOnceAsItIsNow() {
    TraceEvent later = Samples.event(1).toBuilder().timestamp(Samples.T0.plusSeconds(9)).build();
    store().storeTrace(Samples.header(1).withEvents(Samples.events(0, 3)));
    store().storeEvent(Samples.traceId(1), later);
    assertThat(opened(1, EventRange.ALL))
        .containsExactly(Samples.event(0), Samples.event(2), later);
  }

  @Test
  void earlyEventsAreOpenedAndThoseOfAnUnknownTraceAreNone() {
    store().storeEvents(Samples.traceId(1), Samples.events(0, 3));
    assertThat(opened(1, EventRange.ALL)).isEqualTo(Samples.events(0, 3));
    assertThat(opened(2, EventRange.ALL)).isEmpty();
  }

  @Test
  void aCursorOverEventsEndsAtItsCloseAndFailsAfterThatOfTheStore() {
    store().storeTrace(Samples.trace(1));
    EventCursor closed = store().openEvents(Samples.traceId(1), EventRange.ALL);
    closed.close();
    assertThat(closed.hasNext()).isFalse();
    assertThatThrownBy(closed::next).isInstanceOf(NoSuchElementException.class);
    EventCursor open = store().openEvents(Samples.traceId(1), EventRange.ALL);
    TraceIdCursor early = store().openEarlyTraces();
    store().close();
    assertThatThrownBy(open::hasNext).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(early::hasNext).isInstanceOf(StoreClosedException.class);
  }

  private List<TraceEvent> opened(long number, EventRange range) {
    return opened(Samples.traceId(number), range);
  }

  private List<TraceEvent> opened(TraceId traceId, EventRange range) {
    List<TraceEvent> events = new ArrayList<>();
    try (EventCursor cursor = store().openEvents(traceId, range)) {
      cursor.forEachRemaining(events::add);
    }
    return events;
  }

  @Test
  void earlyTracesAreThoseOfWhichOnlyEventsAreStored() {
    store().storeTrace(Samples.trace(1));
    store().storeEvent(Samples.traceId(2), Samples.event(0));
    store().storeEvent(Samples.traceId(3), Samples.event(0));
    store().storeEvent(Samples.traceId(4), Samples.event(0));
    assertThat(earlyTraces())
        .containsExactlyInAnyOrder(Samples.traceId(2), Samples.traceId(3), Samples.traceId(4));
    store().storeTrace(Samples.trace(2));
    store().deleteTrace(Samples.traceId(3));
    assertThat(earlyTraces()).containsExactly(Samples.traceId(4));
  }

  @Test
  void manyEarlyTracesAppearOnceEach() throws InterruptedException {
    inThreads(1_100, i -> store().storeEvent(Samples.traceId(i), Samples.event(0)));
    assertThat(earlyTraces())
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, 1_100).mapToObj(Samples::traceId).toList());
  }

  private List<TraceId> earlyTraces() {
    List<TraceId> ids = new ArrayList<>();
    try (TraceIdCursor cursor = store().openEarlyTraces()) {
      cursor.forEachRemaining(ids::add);
    }
    return ids;
  }

  @Test
  void namesAreThoseOfTracesInTheTimeAskedForInOrder() {
    store()
        .storeTraces(
            List.of(named(1, "b", "writer"), named(2, "a", "reader"), named(3, "c", "late")));
    store().storeEvent(Samples.traceId(4), Samples.event(0, "early"));
    assertThat(store().names(NameKind.FLOW, null, null)).containsExactly("a", "b", "c");
    assertThat(store().names(NameKind.ENVIRONMENT, null, null))
        .containsExactly("in a", "in b", "in c");
    assertThat(store().names(NameKind.ACTOR, null, Samples.header(2).startTime()))
        .containsExactly("reader", "writer");
    assertThat(store().names(NameKind.ACTOR, Samples.header(3).startTime(), null))
        .containsExactly("late");
    assertThat(store().names(NameKind.EVENT_TYPE, null, null)).containsExactly("MessageSent");
    assertThat(store().names(NameKind.FLOW, null, Samples.T0)).isEmpty();
  }

  @Test
  void namesThatNoTraceHasAnyMoreAreNotListed() {
    FlowTrace changed = named(1, "a", "before");
    store().storeTraces(List.of(changed, named(2, "gone", "gone")));
    store().storeEvent(changed.traceId(), Samples.event(0, "after"));
    store()
        .storeTrace(
            changed.toBuilder()
                .metadata(TraceMetadata.builder().environment("later").build())
                .events(List.of())
                .build());
    store().deleteTrace(Samples.traceId(2));
    assertThat(store().names(NameKind.FLOW, null, null)).containsExactly("a");
    assertThat(store().names(NameKind.ENVIRONMENT, null, null)).containsExactly("later");
    assertThat(store().names(NameKind.ACTOR, null, null)).containsExactly("after");
    assertThat(store().names(NameKind.ACTOR, Samples.T0, null)).containsExactly("after");
  }

  @Test
  void namesOfEventsThatCameBeforeTheirTraceAreListedWithIt() {
    store().storeEvent(Samples.traceId(1), Samples.event(0, "early"));
    store().storeTrace(Samples.header(1));
    Instant start = Samples.header(1).startTime();
    assertThat(store().names(NameKind.ACTOR, null, null)).containsExactly("early");
    assertThat(store().names(NameKind.ACTOR, start, start)).containsExactly("early");
    assertThat(store().names(NameKind.EVENT_TYPE, start, null)).containsExactly("MessageSent");
    assertThat(store().names(NameKind.ACTOR, start.plusNanos(1), null)).isEmpty();
  }

  @Test
  void namesAreWholeHoweverLongTheyAreAndWhateverTheyHold() {
    String one = "n".repeat(300) + "\u0001'%_\"\\ ä";
    String other = "n".repeat(300) + "\uD83D\uDE00";
    store().storeTraces(List.of(named(1, one, one), named(2, other, other)));
    assertThat(store().names(NameKind.FLOW, null, null)).containsExactly(one, other);
    assertThat(store().names(NameKind.ENVIRONMENT, null, null))
        .containsExactly("in " + one, "in " + other);
    assertThat(store().names(NameKind.ACTOR, null, null)).containsExactly(one, other);
  }

  private static FlowTrace named(long number, String flow, String actor) {
    return Samples.header(number).toBuilder()
        .flowId(flow)
        .metadata(TraceMetadata.builder().environment("in " + flow).build())
        .event(Samples.event(0, actor))
        .build();
  }

  @Test
  void deletingByAQueryRemovesWhatMatchesAndNothingElse() {
    TraceEvent failed =
        Samples.event(0).toBuilder().data(TraceEventData.builder().error("late").build()).build();
    List<FlowTrace> traces = new ArrayList<>(Samples.traces(0, 6));
    traces.set(2, Samples.header(2).withEvents(List.of(failed)));
    traces.set(4, Samples.header(4).withEvents(List.of(failed)));
    store().storeTraces(traces);
    store().storeEvent(Samples.traceId(9), failed);
    assertThat(store().deleteTraces(TraceQuery.builder().hasError().build())).isEqualTo(2);
    isAll(traces.get(5), traces.get(3), traces.get(1), traces.get(0));
    assertThat(store().getEvents(Samples.traceId(2))).isEmpty();
    assertThat(store().getEvents(Samples.traceId(9))).containsExactly(failed);
    assertThat(store().deleteTraces(TraceQuery.builder().offset(1).limit(2).build())).isEqualTo(2);
    isAll(traces.get(5), traces.get(0));
  }

  private void isAll(FlowTrace... traces) {
    assertThat(store().queryTraces(TraceQuery.ALL)).containsExactly(traces);
  }
}
