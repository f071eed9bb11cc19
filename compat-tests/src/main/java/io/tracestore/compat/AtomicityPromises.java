package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Promise 6: a reader sees what one call stored whole or not at all. */
abstract class AtomicityPromises extends StorePromises {
  private static final int VERSIONS = 100;
  private static final int EVENTS_PER_VERSION = 10;

  @Test
  void getTraceSeesAVersionWithItsOwnEvents() throws InterruptedException {
    seesWholeVersions(() -> store().getTrace(Samples.traceId(1)));
  }

  @Test
  void queryTracesSeesAVersionWithItsOwnEvents() throws InterruptedException {
    seesWholeVersions(
        () -> store().queryTraces(TraceQuery.builder().flowId("flow").build()).stream().findAny());
  }

  @Test
  void aCursorSeesAVersionWithItsOwnEvents() throws InterruptedException {
    seesWholeVersions(() -> {
      try (TraceCursor cursor = store().openCursor(TraceQuery.ALL)) {
        return cursor.hasNext() ? Optional.of(cursor.next()) : Optional.empty();
      }
    });
  }

  private void seesWholeVersions(Supplier<Optional<FlowTrace>> read) throws InterruptedException {
    Thread writer = Thread.ofVirtual().start(this::storeVersions);
    while (writer.isAlive()) {
      read.get().ifPresent(AtomicityPromises::isWhole);
    }
    writer.join();
    FlowTrace last = read.get().orElseThrow();
    isWhole(last);
    assertThat(last.version().major()).isEqualTo(VERSIONS - 1);
  }

  private static void isWhole(FlowTrace trace) {
    assertThat(trace.equals(version((int) trace.version().major())))
        .as("version %s with its %s events", trace.version(), trace.events().size())
        .isTrue();
  }

  private void storeVersions() {
    for (int number = 0; number < VERSIONS; number++) {
      int from = number * EVENTS_PER_VERSION;
      store()
          .storeTrace(version(number).withEvents(Samples.events(from, from + EVENTS_PER_VERSION)));
    }
  }

  /**
   * The trace that is stored after version {@code number}: its header and all events up to its own.
   */
  private static FlowTrace version(int number) {
    return Samples.header(1).toBuilder()
        .version(FlowVersion.of(number, 0, 0))
        .events(Samples.events(0, (number + 1L) * EVENTS_PER_VERSION))
        .build();
  }

  @Test
  void eventsStoredTogetherAreSeenTogether() throws InterruptedException {
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              for (int from = 0; from < 2000; from += 10) {
                store().storeEvents(Samples.traceId(1), Samples.events(from, from + 10));
              }
            });
    List<Integer> torn = new ArrayList<>();
    while (writer.isAlive()) {
      int size = store().getEvents(Samples.traceId(1)).size();
      if (size % 10 != 0) {
        torn.add(size);
      }
    }
    writer.join();
    assertThat(torn).isEmpty();
    isAnswer(store().getEvents(Samples.traceId(1)), Samples.events(0, 2000));
  }

  @Test
  void ofEventsWithANullNoneIsStored() {
    List<TraceEvent> events = new ArrayList<>(Samples.events(0, 3));
    events.set(2, null);
    assertThatThrownBy(() -> store().storeEvents(Samples.traceId(1), events))
        .isInstanceOf(NullPointerException.class);
    assertThat(store().getEvents(Samples.traceId(1))).isEmpty();
  }

  @Test
  void aRefusedTraceLeavesNothing() {
    onlyIf(Capability.ATOMIC);
    store().storeTrace(Samples.trace(1));
    FlowTrace refused =
        Samples.header(1).toBuilder().flowId("another").events(Samples.events(0, 50)).build();
    assertThatThrownBy(() -> store().storeTrace(refused)).isNotNull();
    isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
  }
}
