package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
    return SqliteConfig.of(directory.resolve("t.db")).open();
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

  private TraceStore open(SqliteConfig config) {
    return config.open();
  }

  static Stream<Arguments> ways() {
    return Stream.of(JournalMode.WAL, JournalMode.DELETE)
        .flatMap(mode ->
            Stream.of(Synchronous.NORMAL, Synchronous.FULL)
                .flatMap(synchronous ->
                    Stream.of(1 << 10, 300 << 10)
                        .map(size -> Arguments.of(mode, synchronous, size))));
  }

  /** A trace with an event of {@code bytes} bytes: so large that no page holds several. */
  private static FlowTrace large(int n, int bytes) {
    FlowTrace trace = Samples.trace(n, 1);
    TraceEvent event = trace.events().getFirst();
    byte[] payload = new byte[bytes];
    new Random(n).nextBytes(payload);
    return trace.withEvents(
        List.of(
            event.toBuilder()
                .data(
                    TraceEventData.builder()
                        .message(MessageSnapshot.of("m", Bytes.of(payload)))
                        .build())
                .build()));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void aStoreWritesAgainByItselfOnceThereIsSpace(
      JournalMode mode, Synchronous synchronous, int size) throws IOException {
    Path ballast = Files.write(directory.resolve("ballast"), new byte[1 << 20]);
    SqliteConfig config =
        SqliteConfig.of(directory.resolve("t.db")).journalMode(mode).synchronous(synchronous);
    try (TraceStore store = open(config)) {
      int stored = 0;
      StoreCapacityException full = null;
      while (full == null) {
        try {
          store.storeTrace(large(stored, size));
          stored++;
        } catch (StoreCapacityException e) {
          full = e;
        }
      }
      int before = stored;
      assertThatThrownBy(() -> store.storeTrace(large(before, size)))
          .isInstanceOf(StoreCapacityException.class);

      Files.delete(ballast);

      store.healthCheck();
      store.storeTrace(large(before, size));
      store.storeTraces(List.of(Samples.trace(1_000_000, 3), Samples.trace(1_000_001, 3)));
      store.storeEvents(Samples.traceId(1_000_000), Samples.events(7, 3));
      assertThat(store.deleteTrace(Samples.traceId(1_000_001))).isTrue();
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(before + 2);
      for (int n = 0; n <= before; n++) {
        assertThat(store.getTrace(Samples.traceId(n))).contains(large(n, size));
      }
    }
  }

  @Test
  void aHealthCheckOnAFullDiskIsACapacityError() throws IOException {
    try (TraceStore store = open()) {
      fill();
      assertThatThrownBy(
              () -> {
                // The log may have room for some pages yet.
                for (int n = 0; n < 2_000; n++) {
                  store.healthCheck();
                }
              })
          .isInstanceOf(StoreCapacityException.class);

      Files.delete(directory.resolve("ballast"));

      store.healthCheck();
    }
  }

  private void fill() throws IOException {
    try (OutputStream ballast = Files.newOutputStream(directory.resolve("ballast"))) {
      while (true) {
        ballast.write(new byte[4096]);
      }
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("No space left");
    }
  }

  @Test
  void aBackupForWhichThereIsNoSpaceSaysSoAndLeavesNothing() throws IOException {
    try (TraceStore store = open()) {
      for (int n = 0; n < 3; n++) {
        store.storeTrace(large(n, 300 << 10));
      }
      Path copy = directory.resolve("copy.db");

      assertThatThrownBy(() -> store.unwrap(SqliteMaintenance.class).backupTo(copy))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessage(
              "%s cannot be written: the disk is full; free some space or name a file elsewhere",
              copy);

      try (Stream<Path> files = Files.list(directory)) {
        assertThat(files).allMatch(file -> file.getFileName().toString().startsWith("t.db"));
      }
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
