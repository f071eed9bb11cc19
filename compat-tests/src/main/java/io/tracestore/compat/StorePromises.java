package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Base of the tests of one concern: each test gets a new, empty store. */
abstract class StorePromises {
  private KitStore kitStore;

  abstract StoreFixture fixture();

  @BeforeEach
  void openStore() {
    kitStore = KitStore.open(fixture());
  }

  @AfterEach
  void removeStore() {
    kitStore.close();
  }

  final TraceStore store() {
    return kitStore.store();
  }

  final KitStore kitStore() {
    return kitStore;
  }

  /** Runs {@code operation} on the store and on the reference; both must answer the same. */
  final void answersAlike(StoreOperation operation, ReferenceStore reference) {
    Object expected = operation.answerOf(reference);
    assertThat(operation.answerOf(store())).as("%s", operation).isEqualTo(expected);
  }

  /** All that a cursor gives. */
  final List<FlowTrace> read(TraceQuery query) {
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = store().openCursor(query)) {
      cursor.forEachRemaining(read::add);
    }
    return read;
  }

  /** {@code query} gives {@code traces}, as a list and from a cursor, with and without events. */
  final void isGivenInEveryForm(TraceQuery query, List<FlowTrace> traces) {
    TraceQuery headers = query.toBuilder().withEvents(false).build();
    assertThat(store().queryTraces(query)).as("%s", query).isEqualTo(traces);
    assertThat(store().queryTraces(headers)).as("%s", headers).isEqualTo(withoutEvents(traces));
    assertThat(read(query)).as("cursor %s", query).isEqualTo(traces);
    assertThat(read(headers)).as("cursor %s", headers).isEqualTo(withoutEvents(traces));
  }

  static List<FlowTrace> withoutEvents(List<FlowTrace> traces) {
    return traces.stream().map(trace -> trace.withEvents(List.of())).toList();
  }

  /** Skips the test, with the reason shown, unless this sort of backend promises it. */
  final void onlyIf(Capability capability) {
    BackendTraits traits = fixture().traits();
    assumeTrue(
        traits.promise(capability), () -> "%s does not promise %s".formatted(traits, capability));
  }
}
