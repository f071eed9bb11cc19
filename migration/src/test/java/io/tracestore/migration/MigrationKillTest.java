package io.tracestore.migration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A migration whose process is killed with SIGKILL goes on where the target had acknowledged. */
class MigrationKillTest {
  private static final int TRACES = 8_000;

  @TempDir private Path folder;

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void aKilledMigrationIsResumedWithoutLossAndNotFromTheBeginning() throws Exception {
    fillSource();
    killWhileItMigrates();
    assertThat(Files.readString(folder.resolve("checkpoint"))).contains("\"ended\":false");

    Queue<Object> written = new ConcurrentLinkedQueue<>();
    MigrationReport report;
    try (TraceStore source = MigratingProcess.open(path("source.db"));
        TraceStore target = MigratingProcess.open(path("target.db"))) {
      TraceStore watched = Intercepted.writes(target, written::addAll);
      report =
          new StorageMigrator(
                  source,
                  watched,
                  MigratingProcess.options(path("checkpoint")).verify(true).build())
              .migrateAllTraces();
    }

    assertThat(report.kind()).isEqualTo(MigrationReport.Kind.RESUMED);
    assertThat(report.traces()).isEqualTo(TRACES);
    assertThat(report.isComplete()).isTrue();
    assertThat(written).hasSizeLessThan(TRACES);
  }

  private void fillSource() {
    SampleTraces samples = SampleTraces.of(5);
    try (TraceStore source = MigratingProcess.open(path("source.db"))) {
      for (int i = 0; i < TRACES; i += 1000) {
        List<FlowTrace> traces = samples.next(1000);
        source.storeTraces(traces);
      }
    }
  }

  /** Kills it as soon as it says that some traces, but not all, are moved. */
  private void killWhileItMigrates() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                MigratingProcess.class.getName(),
                path("source.db"),
                path("target.db"),
                path("checkpoint"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      long moved = Long.parseLong(output.readLine());
      while (!Files.readString(folder.resolve("checkpoint")).contains("\"done\":{")) {
        moved = Long.parseLong(output.readLine());
      }
      assertThat(moved).isLessThan(TRACES);
    } finally {
      process.destroyForcibly();
      process.onExit().join();
    }
  }
}
