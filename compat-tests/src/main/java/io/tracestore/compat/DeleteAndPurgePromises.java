package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What is deleted or purged is gone from every answer, and nothing else is. */
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
    assertThat(store().getTrace(trace.traceId())).contains(trace);
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
    assertThat(store().getEvents(id)).isEqualTo(Samples.events(2, 4));
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
  void whatWasDeletedStaysAwayAfterAReopen() {
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
