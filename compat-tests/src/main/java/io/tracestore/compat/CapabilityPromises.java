package io.tracestore.compat;

import static io.tracestore.compat.Answers.isAnswer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * A store declares the capabilities that the kit's table has for its sort of backend, and has them.
 */
abstract class CapabilityPromises extends StorePromises {
  private static final int OPENERS = 4;

  @Test
  void theStoreDeclaresWhatTheTableSays() {
    assertThat(store().capabilities()).isEqualTo(fixture().traits().capabilities());
  }

  @Test
  void aPersistentStoreHasItsDataAfterAReopen() {
    onlyIf(Capability.PERSISTENT);
    store().storeTraces(Samples.traces(0, 50));
    kitStore().reopen();
    isAnswer(store().queryTraces(TraceQuery.ALL), Samples.traces(0, 50).reversed());
  }

  @Test
  void aSecondOpenOfFilesOfOneProcessIsRefused() throws IOException, InterruptedException {
    BackendTraits traits = fixture().traits();
    assumeTrue(
        traits == BackendTraits.EXCLUSIVE_FILES,
        () -> "%s has no files that one process at a time may open".formatted(traits));
    store().storeTrace(Samples.trace(1));
    assertThatThrownBy(() -> TraceStores.open(kitStore().uri()).close())
        .as("a second open in this process")
        .isInstanceOf(TraceStoreException.class);
    assertThat(ChildProcess.mayOpen(fixture(), kitStore().uri()))
        .as("whether a second process may open it")
        .isFalse();
    isAnswer(store().getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
  }

  @Test
  void twoStoresMayShareTheirData() {
    onlyIf(Capability.SHARED);
    try (TraceStore other = TraceStores.open(kitStore().uri())) {
      store().storeTrace(Samples.trace(1));
      isAnswer(other.getTrace(Samples.traceId(1)), Optional.of(Samples.trace(1)));
      other.storeEvent(Samples.traceId(1), Samples.event(5));
      isAnswer(
          store().getEvents(Samples.traceId(1)),
          List.of(Samples.event(0), Samples.event(1), Samples.event(5)));
    }
  }

  @Test
  void manyMayOpenANewStoreAtOnce() throws Exception {
    onlyIf(Capability.SHARED);
    int rounds = fixture().tries(20);
    for (int round = 0; round < rounds; round++) {
      String uri = fixture().newStoreUri(Files.createTempDirectory(kitStore().directory(), "new"));
      try {
        openAndStoreAtOnce(uri, OPENERS);
        try (TraceStore store = TraceStores.open(uri)) {
          assertThat(store.count(TraceQuery.ALL)).isEqualTo(OPENERS);
        }
      } finally {
        fixture().removeStore(uri);
      }
    }
  }

  private static void openAndStoreAtOnce(String uri, int openers) throws Exception {
    CyclicBarrier together = new CyclicBarrier(openers);
    try (ExecutorService threads = Executors.newFixedThreadPool(openers)) {
      List<Future<?>> opened = new ArrayList<>();
      for (int number = 0; number < openers; number++) {
        FlowTrace trace = Samples.trace(number);
        opened.add(
            threads.submit(() -> {
              together.await();
              try (TraceStore store = TraceStores.open(uri)) {
                store.storeTrace(trace);
              }
              return null;
            }));
      }
      for (Future<?> each : opened) {
        each.get();
      }
    }
  }

  @Test
  void twoProcessesMayWriteAtOnceAndLoseNothing() throws IOException, InterruptedException {
    onlyIf(Capability.SHARED);
    int each = 300;
    try (ChildProcess child = ChildProcess.start(fixture(), kitStore().uri(), 0, each)) {
      child.awaitAcknowledged(1); // both write from here on
      for (int number = each; number < 2 * each; number++) {
        store().storeTrace(Samples.busy(number));
      }
      assertThat(child.awaitEnd()).isEqualTo(0);
    }
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(2L * each);
    for (int number = 0; number < 2 * each; number++) {
      isAnswer(store().getTrace(Samples.traceId(number)), Optional.of(Samples.busy(number)));
    }
  }
}
