package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many threads and one store, in every journal mode. */
class ConcurrencyTest {
  private static final int CALLERS = 300;
  @TempDir Path directory;

  private TraceStore open(JournalMode mode) {
    return SqliteConfig.of(directory.resolve("t.db"))
        .journalMode(mode)
        .synchronous(Synchronous.OFF)
        .maxConnections(3)
        .open();
  }

  @ParameterizedTest
  @EnumSource
  void writersAndReadersAtOnceAllSucceed(JournalMode mode) throws Exception {
    try (TraceStore store = open(mode)) {
      writeAndRead(store);
    }
  }

  @Test
  void inMemoryToo() throws Exception {
    try (TraceStore store = SqliteConfig.inMemory().open()) {
      writeAndRead(store);
    }
  }

  private static void writeAndRead(TraceStore store) throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        int n = i;
        calls.add(
            callers.submit(() -> {
              store.storeTrace(Samples.trace(n, 5));
              assertThat(store.getTrace(Samples.traceId(n))).contains(Samples.trace(n, 5));
              assertThat(store.queryTraces(TraceQuery.builder().limit(3).build()))
                  .allSatisfy(trace -> assertThat(trace.events()).hasSize(5));
            }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    }
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(CALLERS);
  }

  @RepeatedTest(50)
  void aNewFileMayBeOpenedByManyAtOnce() throws Exception {
    int stores = 4;
    CyclicBarrier together = new CyclicBarrier(stores);
    try (ExecutorService callers = Executors.newFixedThreadPool(stores)) {
      List<Future<Void>> opened = new ArrayList<>();
      for (int i = 0; i < stores; i++) {
        opened.add(
            callers.submit(() -> {
              together.await();
              open(JournalMode.WAL).close();
              return null;
            }));
      }
      assertThat(opened).allSatisfy(call -> assertThat(call.get()).isNull());
    }
  }

  @Test
  void anInterruptedWriterGetsAnErrorKeepsItsFlagAndTheStoreStaysUsable() {
    try (TraceStore store = open(JournalMode.WAL)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> store.storeTrace(Samples.trace(1, 1)))
          .isExactlyInstanceOf(TraceStoreException.class)
          .hasMessageStartingWith("interrupted while");

      assertThat(Thread.interrupted()).isTrue();
      store.storeTrace(Samples.trace(2, 1));
      assertThat(store.getTrace(Samples.traceId(2))).contains(Samples.trace(2, 1));
    }
  }

  @Test
  void anInterruptedReaderGetsAnErrorKeepsItsFlagAndTheStoreStaysUsable() {
    try (TraceStore store = open(JournalMode.WAL)) {
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> store.getTrace(Samples.traceId(1)))
          .isExactlyInstanceOf(TraceStoreException.class)
          .hasMessageStartingWith("interrupted while waiting to read");

      assertThat(Thread.interrupted()).isTrue();
      assertThat(store.getTrace(Samples.traceId(1))).isEmpty();
    }
  }

  @Test
  void afterAWriteThatRacedWithTheCloseItIsEitherThereOrWasRefused() throws Exception {
    List<Integer> acknowledged = new ArrayList<>();
    TraceStore closing = open(JournalMode.WAL);
    Thread writer =
        Thread.startVirtualThread(() -> {
          try {
            for (int n = 0; ; n++) {
              closing.storeTrace(Samples.trace(n, 1));
              acknowledged.add(n);
            }
          } catch (StoreClosedException e) {
            // the expected end
          }
        });
    while (closing.count(TraceQuery.ALL) == 0) {
      Thread.onSpinWait();
    }
    closing.close();
    writer.join();

    try (TraceStore store = open(JournalMode.WAL)) {
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(acknowledged.size());
    }
    assertThat(directory).isDirectoryContaining(file -> file.endsWith("t.db"));
  }

  @Test
  void aClosedStoreLeavesNoWal() {
    try (TraceStore store = open(JournalMode.WAL)) {
      store.storeTrace(Samples.trace(1, 1));
      assertThat(store.getTrace(Samples.traceId(1))).isPresent();
    }

    assertThat(directory).isDirectoryNotContaining(file -> !file.endsWith("t.db"));
  }
}
