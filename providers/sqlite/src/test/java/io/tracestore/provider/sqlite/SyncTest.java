package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** After a sync everything acknowledged is on disk, as the calls to the system show. */
class SyncTest {
  @TempDir Path directory;

  @Test
  void theLogIsSyncedAfterTheLastWriteToItAlsoWhileAReaderNeedsIt() throws Exception {
    assumeTrue(Needed.isThere("strace"), "strace is not installed (ci/sqlite installs it)");
    Path calls = directory.resolve("calls");
    Process traced =
        new ProcessBuilder(
                "strace",
                "-f",
                "-y",
                "-e",
                "trace=pwrite64,fsync,fdatasync",
                "-o",
                calls.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SyncingProcess.class.getName(),
                directory.resolve("t.db").toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    try {
      assertThat(traced.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      traced.destroyForcibly();
    }
    assertThat(Files.readAllLines(directory.resolve("output"))).contains("synced: true");

    List<String> log =
        Files.readAllLines(calls).stream().filter(line -> line.contains("t.db-wal")).toList();
    int lastWrite = lastIndex(log, "pwrite64");
    int lastSync = Math.max(lastIndex(log, "fsync"), lastIndex(log, "fdatasync"));
    assertThat(lastWrite).isNotNegative();
    assertThat(lastSync).isGreaterThan(lastWrite);
  }

  private static int lastIndex(List<String> lines, String call) {
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).contains(call + "(")) {
        return i;
      }
    }
    return -1;
  }
}
