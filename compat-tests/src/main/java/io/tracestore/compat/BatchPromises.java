package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Promise 11: a batch names exactly the traces that were not stored, and the rest is stored. */
abstract class BatchPromises extends StorePromises {
  @Test
  void aBatchIsStoredWhole() {
    List<FlowTrace> traces = Samples.traces(0, 2000);
    store().storeTraces(traces);
    isAnswer(store().queryTraces(TraceQuery.builder().limit(3000).build()), traces.reversed());
  }

  @Test
  void anEmptyBatchIsNothing() {
    store().storeTraces(List.of());
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(0);
  }

  @Test
  void versionsOfOneTraceInABatchAreStoredInTheirOrder() {
    FlowTrace first = Samples.header(1).withEvents(Samples.events(0, 2));
    FlowTrace second =
        Samples.header(1).toBuilder()
            .version(FlowVersion.of(1, 0, 0))
            .events(List.of(Samples.event(1, "later"), Samples.event(2)))
            .build();
    store().storeTraces(List.of(first, Samples.trace(2), second));
    isAnswer(
        store().getTrace(first.traceId()),
        Optional.of(
            second.withEvents(
                List.of(Samples.event(0), Samples.event(1, "later"), Samples.event(2)))));
  }

  @Test
  void conflictingTracesAreNamedAndTheRestIsStored() {
    store().storeTraces(Samples.traces(0, 6));
    List<FlowTrace> batch = new ArrayList<>(Samples.traces(0, 12));
    batch.set(2, conflicting(2));
    batch.set(5, conflicting(5));
    BatchStoreException failure = failureOf(batch);
    assertThat(failure.failures())
        .extracting(BatchStoreException.Failure::index)
        .containsExactly(2, 5);
    assertThat(failure.failures())
        .extracting(BatchStoreException.Failure::traceId)
        .containsExactly(Samples.traceId(2), Samples.traceId(5));
    assertThat(failure.failures())
        .extracting(BatchStoreException.Failure::cause)
        .hasOnlyElementsOfType(StoreConflictException.class);
    assertThat(failure.isRetryable()).isFalse();
    isAnswer(store().queryTraces(TraceQuery.ALL), Samples.traces(0, 12).reversed());
  }

  @Test
  void aConflictWithinTheBatchIsNamedByItsPlace() {
    BatchStoreException failure =
        failureOf(List.of(Samples.trace(1), Samples.trace(2), conflicting(1), Samples.trace(3)));
    assertThat(failure.failures())
        .extracting(BatchStoreException.Failure::index)
        .containsExactly(2);
    isAnswer(
        store().queryTraces(TraceQuery.ALL),
        List.of(Samples.trace(3), Samples.trace(2), Samples.trace(1)));
  }

  @Test
  void aBatchOfNothingButConflictsChangesNothing() {
    store().storeTraces(Samples.traces(0, 3));
    BatchStoreException failure =
        failureOf(List.of(conflicting(0), conflicting(1), conflicting(2)));
    assertThat(failure.failures())
        .extracting(BatchStoreException.Failure::index)
        .containsExactly(0, 1, 2);
    isAnswer(store().queryTraces(TraceQuery.ALL), Samples.traces(0, 3).reversed());
  }

  @Test
  void aFailedBatchMayBeRepeated() {
    store().storeTrace(Samples.trace(1));
    List<FlowTrace> batch = List.of(Samples.trace(0), conflicting(1), Samples.trace(2));
    failureOf(batch);
    assertThat(failureOf(batch).failures())
        .extracting(BatchStoreException.Failure::index)
        .containsExactly(1);
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(3);
  }

  @Test
  void aBatchWithANullStoresNothing() {
    List<FlowTrace> batch = new ArrayList<>(Samples.traces(0, 3));
    batch.set(1, null);
    assertThatThrownBy(() -> store().storeTraces(batch)).isInstanceOf(NullPointerException.class);
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(0);
  }

  private static FlowTrace conflicting(int number) {
    return Samples.trace(number).toBuilder().flowId("another").event(Samples.event(99)).build();
  }

  private BatchStoreException failureOf(List<FlowTrace> batch) {
    return catchThrowableOfType(BatchStoreException.class, () -> store().storeTraces(batch));
  }
}
