package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Promise 5: events may come before their trace, and a trace without a header is found by no query.
 */
abstract class EarlyEventPromises extends StorePromises {
  private static final FlowTrace HEADER = Samples.header(1);
  private static final TraceId ID = HEADER.traceId();

  @Test
  void anEarlyEventIsSeenAtOnce() {
    store().storeEvent(ID, Samples.event(3));
    store().storeEvents(ID, Samples.events(0, 2));
    isAnswer(store().getEvents(ID), List.of(Samples.event(0), Samples.event(1), Samples.event(3)));
  }

  @Test
  void earlyEventsAloneAreNoTrace() {
    store().storeEvent(ID, Samples.event(0));
    assertThat(store().getTrace(ID)).isEmpty();
    assertThat(store().queryTraces(TraceQuery.ALL)).isEmpty();
    assertThat(store().queryTraces(TraceQuery.builder().actor("actor").build())).isEmpty();
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(0);
    try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
      assertThat(cursor).isExhausted();
    }
  }

  @Test
  void earlyEventsBelongToTheTraceOnceItIsStored() {
    store().storeEvents(ID, Samples.events(0, 3));
    store().storeTrace(HEADER.withEvents(Samples.events(2, 5)));
    FlowTrace whole = HEADER.withEvents(Samples.events(0, 5));
    isAnswer(store().getTrace(ID), Optional.of(whole));
    assertThat(store().queryTraces(TraceQuery.ALL)).containsExactly(whole);
  }

  @Test
  void aStoredTraceMatchesByItsEarlyEvents() {
    store().storeEvent(ID, Samples.event(0, "early actor"));
    store().storeTrace(HEADER);
    assertThat(store().count(TraceQuery.builder().actor("early actor").build())).isEqualTo(1);
    assertThat(store().count(TraceQuery.builder().actorContains("y act").build())).isEqualTo(1);
    assertThat(store().count(TraceQuery.builder().eventType("MessageSent").build())).isEqualTo(1);
  }

  @Test
  void anEarlyEventIsReplacedByTheTracesOwn() {
    store().storeEvent(ID, Samples.event(0, "early"));
    FlowTrace trace = HEADER.withEvents(List.of(Samples.event(0, "own")));
    store().storeTrace(trace);
    isAnswer(store().getTrace(ID), Optional.of(trace));
    assertThat(store().count(TraceQuery.builder().actor("early").build())).isEqualTo(0);
  }

  @Test
  void anEarlyEventStoredAgainIsReplaced() {
    store().storeEvent(ID, Samples.event(0, "first"));
    store().storeEvent(ID, Samples.event(0, "second"));
    isAnswer(store().getEvents(ID), List.of(Samples.event(0, "second")));
  }

  @Test
  void earlyEventsCanBeDeleted() {
    store().storeEvents(ID, Samples.events(0, 3));
    assertThat(store().deleteTrace(ID)).isTrue();
    assertThat(store().getEvents(ID)).isEmpty();
    store().storeTrace(HEADER);
    isAnswer(store().getTrace(ID), Optional.of(HEADER));
  }

  @Test
  void earlyEventsAreThereAfterAReopen() {
    onlyIf(Capability.PERSISTENT);
    store().storeEvents(ID, Samples.events(0, 3));
    kitStore().reopen();
    isAnswer(store().getEvents(ID), Samples.events(0, 3));
    store().storeTrace(HEADER);
    isAnswer(store().getTrace(ID), Optional.of(HEADER.withEvents(Samples.events(0, 3))));
  }

  @Test
  void noEventsAreNothing() {
    store().storeEvents(ID, List.of());
    assertThat(store().deleteTrace(ID)).isFalse();
  }

  @Test
  void anUnknownIdIsEmpty() {
    assertThat(store().getTrace(ID)).isEmpty();
    assertThat(store().getEvents(ID)).isEmpty();
    assertThat(store().deleteTrace(ID)).isFalse();
  }
}
