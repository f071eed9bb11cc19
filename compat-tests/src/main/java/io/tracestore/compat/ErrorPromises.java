package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** A failure is reported in one line, and harms nothing. */
abstract class ErrorPromises extends StorePromises {
  @Test
  void aConflictIsReportedInOneLineAndIsNotRetryable() {
    store().storeTrace(Samples.trace(1));
    StoreConflictException failure =
        catchThrowableOfType(
            StoreConflictException.class,
            () -> store().storeTrace(Samples.trace(1).toBuilder().flowId("another").build()));
    assertThat(failure.isRetryable()).isFalse();
    assertThat(failure.getMessage()).contains(Samples.traceId(1).toString()).hasLineCount(1);
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
