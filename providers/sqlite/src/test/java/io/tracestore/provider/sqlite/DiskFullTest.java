package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up, on a small file system of its own. */
class DiskFullTest {
  @TempDir Path directory;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    int exit = run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", directory.toString());
    assumeTrue(exit == 0, "mounting a small file system is not permitted here");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    run("umount", directory.toString());
  }

  private static int run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // no such command
    }
  }

  private TraceStore open() {
    return SqliteTraceStoreProvider.open(SqliteConfig.builder(directory.resolve("t.db")).build());
  }

  @Test
  void aFullDiskIsACapacityErrorAndWhatWasStoredStays() {
    int stored = 0;
    try (TraceStore store = open()) {
      StoreCapacityException full = null;
      while (full == null) {
        try {
          store.storeTrace(Samples.trace(stored, 50));
          stored++;
        } catch (StoreCapacityException e) {
          full = e;
        }
      }
      assertThat(full)
          .hasMessage(
              "%s: the disk is full; free some space or purge old traces", store.toString());
    }

    try (TraceStore store = open()) {
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(stored);
      assertThat(store.getTrace(Samples.traceId(stored - 1)))
          .contains(Samples.trace(stored - 1, 50));
    }
  }

  @Test
  void aBatchSaysExactlyWhatDidNotFit() {
    List<FlowTrace> batch = IntStream.range(0, 2_000).mapToObj(n -> Samples.trace(n, 50)).toList();
    try (TraceStore store = open()) {
      assertThatThrownBy(() -> store.storeTraces(batch))
          .isInstanceOfSatisfying(
              BatchStoreException.class,
              e -> {
                Set<Integer> failed = new HashSet<>();
                e.failures().forEach(failure -> failed.add(failure.index()));
                for (int n = 0; n < batch.size(); n++) {
                  assertThat(store.getTrace(Samples.traceId(n)).isPresent())
                      .isEqualTo(!failed.contains(n));
                }
              });
    }
  }

  @Test
  void littleSpaceIsAWarning() {
    try (TraceStore store = open()) {
      assertThat(store.healthCheck().warnings())
          .singleElement()
          .asString()
          .matches("only \\d MiB left on the disk");
    }
  }
}
