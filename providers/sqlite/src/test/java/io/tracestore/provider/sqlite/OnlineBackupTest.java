package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.model.FlowTrace;
import io.tracestore.provider.sqlite.read.UnfinishedFile;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of a database that is in use. */
class OnlineBackupTest {
  @TempDir private Path folder;

  private TraceStore open(String name) {
    return SqliteConfig.of(folder.resolve(name)).open();
  }

  private static List<FlowTrace> content(TraceStore store) {
    return store.queryTraces(TraceQuery.builder().limit(100_000).build());
  }

  private static SqliteMaintenance maintenance(TraceStore store) {
    return store.unwrap(SqliteMaintenance.class);
  }

  @Test
  void aCopyOpensAsAStoreWithTheSameTraces() {
    try (TraceStore store = open("t.db")) {
      for (int i = 0; i < 100; i++) {
        store.storeTrace(Samples.trace(i, 5));
      }
      maintenance(store).backupTo(folder.resolve("copy.db"));
      try (TraceStore copy = open("copy.db")) {
        assertThat(content(copy)).isEqualTo(content(store));
      }
    }
  }

  @Test
  void writesAcknowledgedBeforeABackupUnderLoadAreInIt() throws Exception {
    AtomicInteger acknowledged = new AtomicInteger();
    AtomicBoolean stop = new AtomicBoolean();
    int before;
    try (TraceStore store = open("t.db")) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; !stop.get(); i++) {
                  store.storeTrace(Samples.trace(i, 3));
                  acknowledged.set(i + 1);
                }
              });
      while (acknowledged.get() < 200) {
        Thread.onSpinWait();
      }
      before = acknowledged.get();
      maintenance(store).backupTo(folder.resolve("copy.db"));
      stop.set(true);
      writer.join();
    }
    Files.delete(folder.resolve("t.db"));

    try (TraceStore restored = open("copy.db")) {
      List<FlowTrace> traces = content(restored);
      assertThat(traces).hasSizeGreaterThanOrEqualTo(before);
      List<FlowTrace> expected = new ArrayList<>();
      for (int i = traces.size() - 1; i >= 0; i--) {
        expected.add(Samples.trace(i, 3));
      }
      assertThat(traces).isEqualTo(expected);
    }
  }

  @Test
  void aFileThatExistsIsNotReplaced() throws IOException {
    Path copy = Files.writeString(folder.resolve("copy.db"), "mine");
    try (TraceStore store = open("t.db")) {
      assertThatThrownBy(() -> maintenance(store).backupTo(copy))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage(copy + " exists; name a file that does not");
    }
    assertThat(copy).hasContent("mine");
  }

  @Test
  void aBackupThatFailsLeavesNothing() throws IOException {
    try (TraceStore store = open("t.db")) {
      assertThatThrownBy(() -> maintenance(store).backupTo(folder.resolve("no/copy.db")))
          .isInstanceOf(TraceStoreException.class);
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).allMatch(file -> file.getFileName().toString().startsWith("t.db"));
    }
  }

  @Test
  void aSoundDatabaseHasNoProblems() {
    try (TraceStore store = open("t.db")) {
      store.storeTrace(Samples.trace(1, 10));

      assertThat(maintenance(store).checkIntegrity()).isEmpty();
    }
  }

  @Test
  void aDamagedDatabaseIsNotBackedUp() throws IOException {
    Path file = folder.resolve("t.db");
    try (TraceStore store = open("t.db")) {
      for (int i = 0; i < 200; i++) {
        store.storeTrace(Samples.trace(i, 20));
      }
    }
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      for (long at = raw.length() / 2; at < raw.length() / 2 + 40_960; at += 512) {
        raw.seek(at);
        raw.write(new byte[] {-1, -1, -1, -1});
      }
    }

    try (TraceStore store = open("t.db")) {
      assertThatThrownBy(() -> maintenance(store).backupTo(folder.resolve("copy.db")))
          .isInstanceOf(TraceStoreException.class)
          .hasMessageContaining("damaged");
    }
    assertThat(folder.resolve("copy.db")).doesNotExist();
  }

  @Test
  void aStoreInMemoryHasNoFileToMaintain() {
    try (TraceStore store = SqliteConfig.inMemory().open()) {
      assertThatThrownBy(() -> maintenance(store)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void twoBackupsToOneNameMakeOneAndRefuseTheOther() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (TraceStore store = open("t.db")) {
      for (int i = 0; i < 300; i++) {
        store.storeTrace(Samples.trace(i, 20));
      }
      CountDownLatch start = new CountDownLatch(4);
      AtomicInteger refused = new AtomicInteger();
      Callable<Boolean> backup =
          () -> {
            start.countDown();
            start.await();
            try {
              maintenance(store).backupTo(copy);
              return true;
            } catch (StoreConfigurationException e) {
              assertThat(e).hasMessage(copy + " exists; name a file that does not");
              refused.incrementAndGet();
              return false;
            }
          };
      try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
        for (Future<Boolean> each : executor.invokeAll(Collections.nCopies(4, backup))) {
          each.get();
        }
      }

      assertThat(refused).hasValue(3);
      try (TraceStore made = open("copy.db")) {
        assertThat(content(made)).isEqualTo(content(store));
      }
    }
    assertThat(names()).containsExactlyInAnyOrder("t.db", "copy.db");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  @Test
  void filesOfTheUserStay() throws IOException {
    Path mine = Files.writeString(folder.resolve("copy.db.unfinished"), "mine");
    try (TraceStore store = open("t.db")) {
      maintenance(store).backupTo(folder.resolve("copy.db"));
    }
    assertThat(mine).hasContent("mine");
  }

  @Test
  void aBackupRemovesTheFileOfOneWhoseProcessWasKilled() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (ChildJvm killed = ChildJvm.start(UnfinishedBackupProcess.class, copy.toString())) {
      String left = killed.readLine();
      killed.kill();
      killed.exitCode();
      assertThat(folder.resolve(left)).exists();
    }

    try (TraceStore store = open("t.db")) {
      maintenance(store).backupTo(copy);
    }

    assertThat(names()).containsExactlyInAnyOrder("t.db", "copy.db");
  }

  @Test
  void aBackupLeavesTheFileOfAnotherLivingProcess() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (ChildJvm living = ChildJvm.start(UnfinishedBackupProcess.class, copy.toString())) {
      Path file = folder.resolve(living.readLine());

      try (TraceStore store = open("t.db")) {
        maintenance(store).backupTo(copy);
      }

      assertThat(file).hasContent("half of a copy");
      living.answer("end");
      assertThat(living.exitCode()).isZero();
    }
    assertThat(names()).containsExactlyInAnyOrder("t.db", "copy.db");
  }

  @Test
  void aBackupLeavesTheFileOfAnotherOneInThisProcess() throws Exception {
    Path copy = folder.resolve("copy.db");
    try (UnfinishedFile living = UnfinishedFile.beside(copy);
        TraceStore store = open("t.db")) {
      maintenance(store).backupTo(copy);

      assertThat(living.path()).exists();
    }
    assertThat(names()).containsExactlyInAnyOrder("t.db", "copy.db");
  }

  @Test
  void aBackupLeavesTheFilesOfBackupsToAnotherName() throws Exception {
    try (ChildJvm killed =
        ChildJvm.start(UnfinishedBackupProcess.class, folder.resolve("copy.db.2").toString())) {
      Path left = folder.resolve(killed.readLine());
      killed.kill();
      killed.exitCode();

      try (TraceStore store = open("t.db")) {
        maintenance(store).backupTo(folder.resolve("copy.db"));
      }

      assertThat(left).exists();
    }
  }

  @Test
  void aLinkThatLeadsNowhereIsNotReplaced() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("copy.db"), folder.resolve("elsewhere.db"));
    try (TraceStore store = open("t.db")) {
      assertThatThrownBy(() -> maintenance(store).backupTo(link))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage(link + " exists; name a file that does not");
    }
    assertThat(Files.isSymbolicLink(link)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-------", "rw-r-----", "rw-r--r--"})
  void aCopyIsAsPrivateAsTheStore(String permissions) throws IOException {
    try (TraceStore store = open("t.db")) {
      store.storeTrace(Samples.trace(1, 3));
      Files.setPosixFilePermissions(
          folder.resolve("t.db"), PosixFilePermissions.fromString(permissions));

      maintenance(store).backupTo(folder.resolve("copy.db"));
    }
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("copy.db"))))
        .isEqualTo(permissions);
  }
}
