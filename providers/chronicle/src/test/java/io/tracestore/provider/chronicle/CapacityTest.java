package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full store refuses what is new, and nothing else happens. */
class CapacityTest {
  /** Larger than a part, and with a length of its own. */
  private static final int LARGE = 150_001;

  @TempDir private Path directory;

  @Test
  void oneTraceTooManyIsRefused() {
    try (TraceStore store = Traces.open(directory, 20)) {
      store.storeTraces(Traces.traces(0, 20));
      assertThatThrownBy(() -> store.storeTrace(Traces.trace(20)))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("full: maxTraces is 20");
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(Traces.traces(0, 20).reversed());
    }
  }

  @Test
  void eventsOfATraceTooManyAreRefused() {
    try (TraceStore store = Traces.open(directory, 1)) {
      store.storeTrace(Traces.trace(0));
      assertThatThrownBy(() -> store.storeEvent(Traces.id(1), Traces.event(1)))
          .isInstanceOf(StoreCapacityException.class);
      assertThat(store.getEvents(Traces.id(1))).isEmpty();
    }
  }

  @Test
  void aTraceThatIsThereMayBeStoredAgainWhenTheStoreIsFull() {
    try (TraceStore store = Traces.open(directory, 3)) {
      store.storeTraces(Traces.traces(0, 3));
      store.storeTrace(Traces.trace(1));
      store.storeEvent(Traces.id(1), Traces.event(7));
      assertThat(store.getEvents(Traces.id(1))).hasSize(2);
    }
  }

  @Test
  void aDeletedTraceMakesRoom() {
    try (TraceStore store = Traces.open(directory, 3)) {
      store.storeTraces(Traces.traces(0, 3));
      store.deleteTrace(Traces.id(1));
      store.storeTrace(Traces.trace(3));
      assertThat(store.queryTraces(TraceQuery.ALL))
          .containsExactly(Traces.trace(3), Traces.trace(2), Traces.trace(0));
    }
  }

  @Test
  void ofABatchThatIsTooLargeTheFirstAreStoredAndTheRestIsNamed() {
    try (TraceStore store = Traces.open(directory, 100)) {
      BatchStoreException failure =
          catchThrowableOfType(
              BatchStoreException.class, () -> store.storeTraces(Traces.traces(0, 103)));
      assertThat(failure.failures())
          .extracting(BatchStoreException.Failure::index)
          .containsExactly(100, 101, 102);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(100);
    }
  }

  @Test
  void whenTheBytesAreUsedUpTheTraceIsRefusedWholeAndTheOthersAreWhole() {
    try (TraceStore store = Traces.open(directory, 10_000)) {
      long stored = fill(store);
      assertThat(store.getTrace(Traces.id(stored))).isEmpty();
      assertThat(store.getEvents(Traces.id(stored))).isEmpty();
      for (long number = 0; number < stored; number++) {
        assertThat(store.getTrace(Traces.id(number))).contains(Traces.trace(number, LARGE));
      }
      assertThat(store.count(TraceQuery.builder().flowId("flow").build())).isEqualTo(stored);
    }
  }

  @Test
  void deletingWhenTheBytesAreUsedUpMakesRoomAgain() {
    try (TraceStore store = Traces.open(directory, 10_000)) {
      long stored = fill(store);
      for (long number = 0; number < stored; number++) {
        assertThat(store.deleteTrace(Traces.id(number))).isTrue();
      }
      assertThat(store.count(TraceQuery.ALL)).isZero();
      assertThat(fill(store)).isEqualTo(stored);
    }
  }

  /** Stores large traces until one is refused, and returns its number. */
  private static long fill(TraceStore store) {
    for (long number = 0; ; number++) {
      FlowTrace trace = Traces.trace(number, LARGE);
      try {
        store.storeTrace(trace);
      } catch (StoreCapacityException e) {
        assertThat(e).hasMessageContaining("MiB are in use");
        return number;
      }
    }
  }

  @Test
  void aTraceLargerThanTheStoreIsRefused() {
    try (TraceStore store = Traces.open(directory, 10)) {
      assertThatThrownBy(() -> store.storeTrace(Traces.trace(0, 50_000_000)))
          .isInstanceOf(StoreCapacityException.class);
      assertThatCode(() -> store.storeTrace(Traces.trace(0))).doesNotThrowAnyException();
      assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(List.of(Traces.trace(0)));
    }
  }

  @Test
  void anOffHeapStoreHasTheSameBounds() {
    ChronicleConfig config = ChronicleConfig.offHeap().maxTraces(2).averageTraceBytes(256);
    try (TraceStore store = config.open()) {
      store.storeTraces(Traces.traces(0, 2));
      assertThatThrownBy(() -> store.storeTrace(Traces.trace(2)))
          .isInstanceOf(StoreCapacityException.class);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
    }
  }

  @Test
  void aNearlyFullStoreIsHealthyWithAWarning() {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 95));
      assertThat(store.healthCheck().warnings())
          .containsExactly("95 % full: open it with a larger maxTraces, or purge");
    }
  }
}
