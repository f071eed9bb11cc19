package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.open;
import static io.tracestore.provider.mem.TestTraces.trace;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import org.junit.jupiter.api.Test;

class NamedStoreTest {
  private final FlowTrace trace = trace(0);

  @Test
  void storesWithoutANameShareNothing() {
    try (TraceStore one = open("mem:");
        TraceStore other = open("mem:")) {
      one.storeTrace(trace);
      assertThat(other.getTrace(trace.traceId())).isEmpty();
    }
  }

  @Test
  void storesOfOneNameShareTheirData() {
    try (TraceStore one = open("mem:shared");
        TraceStore other = open("mem:shared")) {
      one.storeTrace(trace);
      assertThat(other.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void storesOfDifferentNamesShareNothing() {
    try (TraceStore one = open("mem:one");
        TraceStore other = open("mem:other")) {
      one.storeTrace(trace);
      assertThat(other.getTrace(trace.traceId())).isEmpty();
    }
  }

  @Test
  void theDataStayWhileOneStoreOfTheNameIsOpen() {
    TraceStore first = open("mem:staying");
    first.storeTrace(trace);
    try (TraceStore second = open("mem:staying")) {
      first.close();
      assertThat(second.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void theDataGoWithTheLastStoreOfTheName() {
    try (TraceStore store = open("mem:going")) {
      store.storeTrace(trace);
    }
    try (TraceStore store = open("mem:going")) {
      assertThat(store.getTrace(trace.traceId())).isEmpty();
    }
  }

  @Test
  void closingOneStoreTwiceDoesNotCountForTheOther() {
    TraceStore first = open("mem:twice");
    try (TraceStore second = open("mem:twice")) {
      first.close();
      first.close();
      second.storeTrace(trace);
      try (TraceStore third = open("mem:twice")) {
        assertThat(third.getTrace(trace.traceId())).contains(trace);
      }
    }
  }

  @Test
  void aClosedStoreRefusesCallsThoughTheDataAreStillOpen() {
    TraceStore closed = open("mem:half");
    try (TraceStore other = open("mem:half")) {
      closed.close();
      other.storeTrace(trace);
      assertThatExceptionOfType(StoreClosedException.class)
          .isThrownBy(() -> closed.getTrace(trace.traceId()));
    }
  }

  @Test
  void openingAgainWithAnotherOptionIsRefusedByName() {
    try (TraceStore first = open("mem:options?maxTraces=5")) {
      assertThatExceptionOfType(StoreConfigurationException.class)
          .isThrownBy(() -> open("mem:options?maxTraces=10000"))
          .withMessage(
              "mem:options is open with maxTraces=5, not 10000;"
                  + " leave option 'maxTraces' out or close the other store");
      assertThat(first.metrics().counters()).containsEntry("traces", 0L);
    }
  }

  @Test
  void aRefusedOpenDoesNotKeepTheData() {
    try (TraceStore first = open("mem:refused?maxTraces=5")) {
      first.storeTrace(trace);
      assertThatExceptionOfType(StoreConfigurationException.class)
          .isThrownBy(() -> open("mem:refused?maxTraces=6"));
    }
    try (TraceStore again = open("mem:refused")) {
      assertThat(again.getTrace(trace.traceId())).isEmpty();
    }
  }

  @Test
  void openingAgainWithoutOptionsJoins() {
    try (TraceStore first = open("mem:joined?maxTraces=1");
        TraceStore second = open("mem:joined")) {
      second.storeTrace(trace);
      second.storeTrace(trace(1));
      assertThat(first.metrics().counters()).containsEntry("evictedTraces", 1L);
    }
  }

  @Test
  void openingAgainWithTheSameOptionJoins() {
    try (TraceStore first = open("mem:same?maxTraces=5");
        TraceStore second = open("mem:same?maxTraces=5")) {
      first.storeTrace(trace);
      assertThat(second.getTrace(trace.traceId())).contains(trace);
    }
  }

  @Test
  void aConfigJoinsWithItsDefaults() {
    MemoryConfig config = MemoryConfig.of("config");
    try (TraceStore first = open("mem:config?maxTraces=5");
        TraceStore second = config.open()) {
      first.storeTrace(trace);
      assertThat(second.getTrace(trace.traceId())).contains(trace);
    }
  }
}
