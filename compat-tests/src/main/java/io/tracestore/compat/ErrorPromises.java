package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A failure is reported in one line, and harms nothing. */
abstract class ErrorPromises extends StorePromises {
  @Test
  void aConflictIsReportedInOneLineAndIsNotRetryable() {
    StoreConflictException failure = conflict(Samples.trace(1).toBuilder().flowId("another"));
    assertThat(failure.isRetryable()).isFalse();
    assertThat(failure.getMessage()).contains(Samples.traceId(1).toString()).hasLineCount(1);
  }

  @Test
  void aConflictNamesTheFieldThatDiffers() {
    FlowTrace stored = Samples.trace(1);
    assertThat(conflict(stored.toBuilder().flowId("another")))
        .message()
        .contains("flow id")
        .doesNotContain("execution id", "start time");
    assertThat(conflict(stored.toBuilder().executionId(new ExecutionId(new UUID(1, 2)))))
        .message()
        .contains("execution id")
        .doesNotContain("flow id", "start time");
    assertThat(conflict(stored.toBuilder().startTime(stored.startTime().plusNanos(1))))
        .message()
        .contains("start time")
        .doesNotContain("flow id", "execution id");
  }

  private StoreConflictException conflict(FlowTrace.Builder other) {
    store().storeTrace(Samples.trace(1));
    return catchThrowableOfType(
        StoreConflictException.class, () -> store().storeTrace(other.build()));
  }

  @Test
  @SuppressWarnings("NullAway") // that null is refused is the promise
  void nullIsRefusedByEveryMethod() {
    TraceId id = Samples.traceId(1);
    List<ThrowingCallable> calls =
        List.of(
            () -> store().storeTrace(null),
            () -> store().storeTraces(null),
            () -> store().storeEvent(null, Samples.event(0)),
            () -> store().storeEvent(id, null),
            () -> store().storeEvents(null, Samples.events(0, 1)),
            () -> store().storeEvents(id, null),
            () -> store().getTrace(null),
            () -> store().getEvents(null),
            () -> store().queryTraces(null),
            () -> store().openCursor(null),
            () -> store().count(null),
            () -> store().deleteTrace(null),
            () -> store().purgeBefore(null),
            () -> store().unwrap(null));
    assertThat(calls).allSatisfy(call -> assertThatNullPointerException().isThrownBy(call));
  }

  @Test
  void afterAnErrorTheStoreIsUsable() {
    store().storeTrace(Samples.trace(1));
    for (int i = 0; i < 100; i++) {
      assertThatThrownBy(
              () -> store().storeTrace(Samples.header(1).toBuilder().flowId("another").build()))
          .isInstanceOf(StoreConflictException.class);
    }
    store().storeTrace(Samples.trace(2));
    isAnswer(store().queryTraces(TraceQuery.ALL), List.of(Samples.trace(2), Samples.trace(1)));
  }
}
