package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store identifies its data, lists its files, and can put all on disk. */
class StoreIdentityTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() throws IOException {
    directory = directory.toRealPath();
    file = directory.resolve("t.db");
  }

  private static TraceStore open(Path path) {
    return SqliteConfig.of(path).open();
  }

  private static String identity(Path path) {
    try (TraceStore store = open(path)) {
      return store.identity();
    }
  }

  @Test
  void itIsTheSameHoweverThePathIsSpelled() throws IOException {
    Files.createDirectory(directory.resolve("sub"));
    String identity = identity(file);
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);

    assertThat(identity(file)).isEqualTo(identity).hasSizeLessThanOrEqualTo(200);
    assertThat(identity(link)).isEqualTo(identity);
    assertThat(identity(directory.resolve("sub/../t.db"))).isEqualTo(identity);
    assertThat(identity(Path.of("").toAbsolutePath().relativize(file))).isEqualTo(identity);
    try (TraceStore reading = SqliteConfig.of(file).readOnly(true).open()) {
      assertThat(reading.identity()).isEqualTo(identity);
    }
  }

  @Test
  void aCopyIsAnotherStore() throws IOException {
    String identity = identity(file);
    Path copy = Files.copy(file, directory.resolve("copy.db"));

    assertThat(identity(copy)).isNotEqualTo(identity);
    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(identity(file)).isNotEqualTo(identity);
  }

  @Test
  void aFileThatWasCreatedAgainIsAnotherStore() throws IOException {
    String identity = identity(file);
    Files.delete(file);

    assertThat(identity(file)).isNotEqualTo(identity);
  }

  @Test
  void twoStoresInMemoryAreTwo() {
    try (TraceStore one = SqliteConfig.inMemory().open();
        TraceStore two = SqliteConfig.inMemory().open()) {
      assertThat(one.identity()).isEqualTo(one.identity()).isNotEqualTo(two.identity());
      assertThat(one.files()).isEmpty();
      assertThat(one.sync()).isFalse();
    }
  }

  @Test
  void theFilesAreThoseOfTheEngineWhereTheLinkLeads() throws IOException {
    open(file).close();
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);

    try (TraceStore store = open(link)) {
      assertThat(store.files())
          .containsExactlyInAnyOrder(
              file,
              directory.resolve("t.db-wal"),
              directory.resolve("t.db-shm"),
              directory.resolve("t.db-journal"));
    }
  }

  @Test
  void aLinkToAFileThatIsMissingMakesTheFile() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), Path.of("t.db"));

    try (TraceStore store = open(link)) {
      assertThat(store.files()).contains(file);
    }
    assertThat(file).isNotEmptyFile();
  }

  @Test
  void aStoreKeepsItsFileWhereverTheLinkLeadsLater() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link.db"), file);
    try (TraceStore store = open(link)) {
      store.storeTrace(Samples.trace(1, 3));
      open(directory.resolve("other.db")).close();
      Files.delete(link);
      Files.createSymbolicLink(link, directory.resolve("other.db"));

      store.storeTrace(Samples.trace(2, 3));

      assertThat(store.getTrace(Samples.traceId(2))).contains(Samples.trace(2, 3));
    }
  }

  @Test
  void aFileThatWasReplacedIsNoticed() throws IOException {
    open(directory.resolve("other.db")).close();
    try (TraceStore store = open(file)) {
      Files.move(directory.resolve("other.db"), file, StandardCopyOption.REPLACE_EXISTING);

      assertThatThrownBy(store::healthCheck)
          .isInstanceOf(StoreUnavailableException.class)
          .hasMessageEndingWith(": the file was replaced while the store is open; open it again");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "WAL, OFF, false",
    "WAL, NORMAL, true",
    "WAL, FULL, true",
    "WAL, EXTRA, true",
    "DELETE, OFF, false",
    "DELETE, NORMAL, true",
    "DELETE, FULL, true",
    "TRUNCATE, NORMAL, true",
    "PERSIST, NORMAL, true"
  })
  void itSaysWhetherItIsSynced(JournalMode mode, Synchronous synchronous, boolean synced) {
    SqliteConfig config = SqliteConfig.of(file).journalMode(mode).synchronous(synchronous);
    try (TraceStore store = config.open()) {
      store.storeTrace(Samples.trace(1, 3));

      assertThat(store.sync()).isEqualTo(synced);
      assertThat(store.sync()).isEqualTo(synced);
      store.storeTrace(Samples.trace(2, 3));
      assertThat(store.getTrace(Samples.traceId(2))).contains(Samples.trace(2, 3));
    }
  }
}
