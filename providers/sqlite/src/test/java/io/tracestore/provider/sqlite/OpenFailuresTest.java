package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failed open gives its reason in one line, and the file is left as it was. */
class OpenFailuresTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("t.db");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 99, 100, 5_000})
  void aFileThatIsNotADatabase(int size) throws IOException {
    byte[] content = new byte[size];
    Arrays.fill(content, (byte) 'x');
    Files.write(file, content);

    assertThatOpening()
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(file + " is not a SQLite database; name another file");
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void aDatabaseOfAnotherApplication() throws Exception {
    try (Connection other = connect()) {
      PlainSql.execute(other, "CREATE TABLE theirs (x)");
    }

    assertUntouched(
        StoreConfigurationException.class,
        file + " is a database of another application; name another file");
  }

  @Test
  void aDatabaseOfANewerVersion() throws Exception {
    create();
    try (Connection newer = connect()) {
      PlainSql.execute(newer, "PRAGMA user_version = 99");
    }

    assertUntouched(
        StoreConfigurationException.class,
        file
            + " has schema version 99, and this version of Tracestore knows up to 5; use a newer one");
  }

  @Test
  void aDatabaseOfAnOlderVersion() throws Exception {
    create();
    try (Connection older = connect()) {
      PlainSql.execute(older, "PRAGMA user_version = 1");
    }

    assertUntouched(
        StoreConfigurationException.class,
        file
            + " has schema version 1, and this version of Tracestore reads only 5; move its traces with the version that made it (export, then restore here)");
  }

  @Test
  void anotherApplicationsDatabaseThatIsInUseIsLeftAsItIs() throws Exception {
    try (Connection other = connect()) {
      PlainSql.execute(other, "PRAGMA journal_mode = WAL");
      PlainSql.execute(other, "CREATE TABLE theirs (x)");
      PlainSql.execute(other, "PRAGMA wal_checkpoint(TRUNCATE)");
      PlainSql.execute(other, "INSERT INTO theirs VALUES (1)");
      byte[] log = Files.readAllBytes(directory.resolve("t.db-wal"));

      assertThatOpening()
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage(file + " is a database of another application; name another file");

      assertThat(directory.resolve("t.db-wal")).hasBinaryContent(log);
    }
  }

  @Test
  void aDatabaseThatIsCutOff() throws Exception {
    create();
    byte[] content = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(content, content.length / 2 / 4096 * 4096));

    byte[] cut = Files.readAllBytes(file);
    assertThatOpening()
        .isInstanceOf(CorruptDataException.class)
        .hasMessageStartingWith("sqlite:" + file + " is damaged or cut off");
    assertThat(file).hasBinaryContent(cut);
  }

  @Test
  void aFileWithoutPermissionToWrite() throws Exception {
    create();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));

    assertUntouched(
        StoreConfigurationException.class,
        file + " is read-only; open it with readOnly=true or change its permissions");
  }

  @Test
  void aFileInADirectoryThatDoesNotExist() {
    file = directory.resolve("missing/t.db");

    assertThatOpening()
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("%s cannot be made: the directory %s does not exist", file, file.getParent());
  }

  @Test
  void aDirectory() {
    file = directory;

    assertThatOpening()
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(file + " is a directory; name a file in it");
  }

  @Test
  void aMissingFileThatMustNotBeMade() {
    assertThatThrownBy(() -> SqliteConfig.of(file).create(false).open())
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(file + " does not exist, and create=false makes no file");
    assertThat(file).doesNotExist();
  }

  @Test
  void aMissingFileThatIsOnlyRead() {
    assertThatThrownBy(() -> SqliteConfig.of(file).readOnly(true).open())
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage(file + " does not exist, and readOnly=true makes no file");
    assertThat(file).doesNotExist();
  }

  @Test
  void aFileThatAnotherProcessHasLocked() throws Exception {
    create();
    try (Connection other = connect()) {
      PlainSql.execute(other, "PRAGMA journal_mode = DELETE");
      PlainSql.execute(other, "BEGIN EXCLUSIVE");

      assertThatThrownBy(() -> SqliteConfig.of(file).busyTimeoutMs(20).open())
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.isRetryable()).isTrue())
          .hasMessage(
              "sqlite:%s?busyTimeoutMs=20 is locked by another process; waited busyTimeoutMs=20",
              file);
    }
  }

  @Test
  void afterAFailedOpenNothingHoldsTheFile() throws Exception {
    create();
    try (Connection newer = connect()) {
      PlainSql.execute(newer, "PRAGMA user_version = 99");
    }
    long before = openFiles();

    assertThatOpening().isInstanceOf(StoreConfigurationException.class);

    assertThat(openFiles()).isEqualTo(before);
  }

  private void create() {
    try (TraceStore store = SqliteConfig.of(file).open()) {
      store.storeTrace(Samples.trace(1, 20));
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  private long openFiles() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(this::isOfDatabase).count();
    }
  }

  private boolean isOfDatabase(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(directory);
    } catch (IOException e) {
      return false; // closed in between
    }
  }

  private void assertUntouched(Class<? extends TraceStoreException> kind, String message)
      throws IOException {
    byte[] before = Files.readAllBytes(file);
    assertThatOpening().isInstanceOf(kind).hasMessage(message);
    assertThat(file).hasBinaryContent(before);
    assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening() {
    return assertThatThrownBy(() -> SqliteConfig.of(file).open());
  }
}
