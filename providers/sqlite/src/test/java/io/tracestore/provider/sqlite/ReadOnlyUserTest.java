package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user who may only read, and may not create a file beside the database, sees what others write
 * to it; here through a read-only mount of the writers' folder.
 */
class ReadOnlyUserTest {
  @TempDir Path directory;
  private Path writable;
  private Path mounted;

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    writable = Files.createDirectory(directory.resolve("writable"));
    mounted = Files.createDirectory(directory.resolve("mounted"));
    int exit = run("mount", "--bind", writable.toString(), mounted.toString());
    if (exit == 0) {
      exit = run("mount", "-o", "remount,bind,ro", mounted.toString());
    }
    assumeTrue(exit == 0, "mounting is not permitted here");
  }

  @AfterEach
  void unmount() throws InterruptedException {
    run("umount", mounted.toString());
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

  private ChildJvm write(int first, int count) throws IOException {
    return ChildJvm.start(
        WritingProcess.class, writable.resolve("t.db").toString(), "" + first, "" + count);
  }

  private TraceStore read(Path file) {
    return SqliteConfig.of(file).readOnly(true).open();
  }

  @Test
  void aReaderOpenedWhileNobodyWritesSeesWhatIsWrittenLater() throws Exception {
    try (ChildJvm writer = write(0, 10)) {
      assertThat(writer.remainingLines()).hasSize(10);
    }
    try (TraceStore reader = read(mounted.resolve("t.db"))) {
      assertThat(reader.count(TraceQuery.ALL)).isEqualTo(10);

      try (ChildJvm writer = write(10, 10)) {
        assertThat(writer.remainingLines()).hasSize(10);
      }
      assertThat(reader.count(TraceQuery.ALL)).isEqualTo(20);

      try (ChildJvm writer = write(20, 1_000_000)) {
        for (int i = 0; i < 30; i++) {
          writer.readLine();
        }
        assertThat(reader.count(TraceQuery.ALL)).isGreaterThanOrEqualTo(50);
        writer.kill();
        writer.exitCode();
      }
      // The killed writer leaves its log.
      long killed = reader.count(TraceQuery.ALL);
      try (TraceStore healing = SqliteConfig.of(writable.resolve("t.db")).open()) {
        assertThat(healing.count(TraceQuery.ALL)).isEqualTo(killed);
      }
      assertThat(reader.count(TraceQuery.ALL)).isEqualTo(killed);
      assertThat(reader.getTrace(Samples.traceId(7)))
          .contains(Samples.trace(7, WritingProcess.EVENTS));
    }
  }

  @Test
  void aReaderThroughALinkSeesWhatIsInTheLog() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), mounted.resolve("t.db"));
    try (ChildJvm writer = write(0, 1_000_000)) {
      for (int i = 0; i < 30; i++) {
        writer.readLine();
      }
      try (TraceStore reader = read(link)) {
        assertThat(reader.count(TraceQuery.ALL)).isGreaterThanOrEqualTo(30);
        assertThat(reader.metrics().gauges().get("walBytes")).isPositive();
      }
    }
  }
}
