package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process ends at a place of its choice, and another one, which has the store open, goes on. */
@Timeout(value = 2, unit = TimeUnit.MINUTES) // a lock that stays would wait for ever
class SuddenEndTest {
  @TempDir private Path directory;

  @Test
  void theLocksOfAReaderThatEndedDoNotHinderAWriter() throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
      end("reading");
      store.storeTrace(Traces.trace(1));
      goesOn(store, 1);
    }
  }

  @Test
  void theLocksOfAReaderAreFreedEvenIfWhoShouldHaveDoneThatEndedToo()
      throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
      end("reading");
      end("cleaning");
      store.storeTrace(Traces.trace(1));
      goesOn(store, 1);
    }
  }

  @Test
  void theLocksOfAWriterThatEndedBeforeItChangedAnythingDoNotHinderAReader()
      throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
      end("preparing");
      goesOn(store, 1);
    }
  }

  @Test
  void whatAWriterThatEndedHadChangedIsUndoneForAReader() throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
      end("changing");
      assertThat(store.getTrace(Traces.id(100_000))).isEmpty();
      goesOn(store, 1);
    }
  }

  @Test
  void whatAWriterThatEndedHadChangedIsUndoneForTheNextToOpen()
      throws IOException, InterruptedException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTraces(Traces.traces(0, 10));
    }
    end("changing");
    try (TraceStore store = Traces.open(directory, 100)) {
      assertThat(store.getTrace(Traces.id(100_000))).isEmpty();
      goesOn(store, 1);
    }
  }

  private void end(String where) throws IOException, InterruptedException {
    try (ChildJvm child = ChildJvm.start(OtherProcess.class, where, directory.toString())) {
      assertThat(child.awaitEnd()).isEqualTo(9);
    }
  }

  private static void goesOn(TraceStore store, long repairs) {
    assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(Traces.traces(0, 10).reversed());
    store.storeTrace(Traces.trace(10));
    assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(Traces.traces(0, 11).reversed());
    assertThat(store.metrics().counters()).containsEntry("repairs", repairs);
  }
}
