package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * SQLite's locks on the file of an open store last until it is closed, no matter what the store and
 * its process do: without them another process removes the log.
 */
class LocksTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("t.db");
  }

  private TraceStore open() {
    return SqliteConfig.of(file).open();
  }

  /** The locks of this process on the file, as the system tells them. */
  private List<String> locks() throws IOException {
    Path known = Path.of("/proc/locks");
    assumeTrue(Files.exists(known), "the system does not tell its locks");
    String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
    String process = " " + ProcessHandle.current().pid() + " ";
    return Files.readAllLines(known).stream()
        .filter(line -> line.contains(inode) && line.contains(process))
        .map(line -> line.substring(line.indexOf(':') + 1))
        .sorted()
        .toList();
  }

  @Test
  void aHealthCheckKeepsTheLocks() throws IOException {
    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(1, 3));
      List<String> before = locks();
      assertThat(before).isNotEmpty();

      store.healthCheck();

      assertThat(locks()).isEqualTo(before);
    }
  }

  @Test
  void aSecondStoreOnTheFileKeepsTheLocks() throws IOException {
    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(1, 3));
      List<String> before = locks();
      assertThat(before).isNotEmpty();

      open().close();
      SqliteConfig.of(file).readOnly(true).open().close();

      assertThat(locks()).isEqualTo(before);
    }
  }

  @Test
  void maintenanceKeepsTheLocks() throws IOException {
    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(1, 3));
      List<String> before = locks();
      assertThat(before).isNotEmpty();

      SqliteMaintenance maintenance = store.unwrap(SqliteMaintenance.class);
      maintenance.backupTo(directory.resolve("copy.db"));
      maintenance.checkIntegrity();
      store.metrics();
      store.identity();
      store.files();
      store.sync();

      assertThat(locks()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT count(*) FROM traces", "VACUUM INTO 'vacuumed.db'"})
  void anotherProgramThatClosesTheFileAfterAHealthCheckTakesNothingAway(String sql)
      throws Exception {
    try (ChildJvm child = ChildJvm.start(CheckingProcess.class, file.toString(), "WAL", "1")) {
      assertThat(child.readLine()).isEqualTo("0 stored");
      runSqlite(sql);
      child.answer("go on");
      assertThat(child.readLine()).isEqualTo("1 stored");
      child.kill();
    }

    try (TraceStore store = open()) {
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
      assertThat(store.unwrap(SqliteMaintenance.class).checkIntegrity()).isEmpty();
    }
  }

  /** As an operator calls it. */
  private void runSqlite(String sql) throws Exception {
    assumeTrue(Needed.isThere("sqlite3"), "sqlite3 is not installed (ci/sqlite installs it)");
    Process sqlite =
        new ProcessBuilder("sqlite3", file.toString(), sql)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(sqlite.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(sqlite.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(sqlite.exitValue()).as(output).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = JournalMode.class,
      names = {"WAL", "DELETE"})
  void processesThatWriteAndCheckTheirHealthLoseNothing(JournalMode mode) throws Exception {
    int each = 150;
    try (ChildJvm one =
            ChildJvm.start(CheckingProcess.class, file.toString(), mode.name(), "0", "" + each);
        ChildJvm two =
            ChildJvm.start(
                CheckingProcess.class, file.toString(), mode.name(), "" + each, "" + each)) {
      assertThat(one.remainingLines()).hasSize(each);
      assertThat(two.remainingLines()).hasSize(each);
      assertThat(one.exitCode()).isZero();
      assertThat(two.exitCode()).isZero();
    }

    SqliteConfig config = SqliteConfig.of(file).journalMode(mode);
    try (TraceStore store = config.open()) {
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(2L * each);
      assertThat(store.unwrap(SqliteMaintenance.class).checkIntegrity()).isEmpty();
    }
  }
}
