package io.tracestore.provider.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fills up and gets room again, on a small file system of its own. */
class DiskFullTest {
  private static final int LARGE = 2 << 20;

  @TempDir private Path directory;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    int exit = run("mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", directory.toString());
    assumeTrue(exit == 0, "mounting a small file system is not permitted here");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    // Lazily: memory stays mapped until the collector comes.
    run("umount", "-l", directory.toString());
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

  private Path fillDisk() throws IOException {
    Path filler = directory.resolve("filler");
    byte[] some = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(some);
      }
    } catch (IOException e) {
      return filler; // nothing is left
    }
  }

  @Test
  void the_disk_may_be_full_while_a_store_is_open() throws IOException {
    try (TraceStore store = Traces.open(directory, 100)) {
      fillDisk();
      for (int number = 0; number < 8; number++) {
        store.storeTrace(Traces.trace(number, LARGE));
      }
      for (int number = 0; number < 8; number++) {
        assertThat(store.getTrace(Traces.id(number))).contains(Traces.trace(number, LARGE));
        assertThat(store.deleteTrace(Traces.id(number))).isTrue();
      }
      assertThat(store.healthCheck().warnings()).isEmpty();
    }
  }

  @Test
  void a_recovery_without_room_changes_nothing_and_is_made_once_there_is_room() throws IOException {
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTrace(Traces.trace(1));
    }
    Files.writeString(directory.resolve("traces.map.lock"), "O"); // as a process that is killed
    Path filler = fillDisk();
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> Traces.open(directory, 100))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("a copy of the file, to recover it, takes")
          .hasMessageContaining("the disk has 0 MiB left");
    }
    Files.delete(filler);
    try (TraceStore store = Traces.open(directory, 100)) {
      assertThat(store.getTrace(Traces.id(1))).contains(Traces.trace(1));
      assertThat(store.metrics().counters()).containsEntry("recoveries", 1L);
    }
  }

  @Test
  void aStoreIsNotMadeOnADiskWithoutRoomAndIsOnceThereIs() throws IOException {
    Path filler = fillDisk();
    assertThatThrownBy(() -> Traces.open(directory, 100))
        .isInstanceOf(StoreCapacityException.class)
        .hasMessageContaining("the disk has 0 MiB left");
    assertThat(directory).isDirectoryContaining(filler::equals);
    assertThat(directory.toFile().list()).hasSize(1);

    Files.delete(filler);
    try (TraceStore store = Traces.open(directory, 100)) {
      store.storeTrace(Traces.trace(1));
      assertThat(store.getTrace(Traces.id(1))).contains(Traces.trace(1));
    }
  }
}
