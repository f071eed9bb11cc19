package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every option has its effect. */
class OptionsTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("t.db");
  }

  private TraceStore open(UnaryOperator<SqliteConfig> options) {
    return options.apply(SqliteConfig.of(file)).open();
  }

  private static String pragma(TraceStore store, String name) throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      return PlainSql.text(connection, "PRAGMA " + name);
    }
  }

  @ParameterizedTest
  @EnumSource
  void journalMode(JournalMode mode) throws SQLException {
    try (TraceStore store = open(config -> config.journalMode(mode))) {
      store.storeTrace(Samples.trace(1, 3));

      assertThat(store.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
      // A rollback mode other than DELETE is not kept in the file, so readers show that one.
      assertThat(pragma(store, "journal_mode"))
          .isEqualTo(mode == JournalMode.WAL ? "wal" : "delete");
      assertThat(store.healthCheck().detail())
          .contains(mode == JournalMode.WAL ? "journal wal" : "journal delete");
    }
  }

  @Test
  void aStoreInWalModeCanBeReopenedInAnother() throws SQLException {
    open(config -> config).close();

    try (TraceStore store = open(config -> config.journalMode(JournalMode.DELETE))) {
      assertThat(pragma(store, "journal_mode")).isEqualTo("delete");
    }
  }

  @ParameterizedTest
  @CsvSource({"OFF, 0", "NORMAL, 1", "FULL, 2", "EXTRA, 3"})
  void synchronous(Synchronous synchronous, String value) throws SQLException {
    try (TraceStore store = open(config -> config.synchronous(synchronous))) {
      assertThat(pragma(store, "synchronous")).isEqualTo(value);
    }
  }

  @Test
  void cacheSizeMb() throws SQLException {
    try (TraceStore store = open(config -> config.cacheSizeMb(3))) {
      assertThat(pragma(store, "cache_size")).isEqualTo("-3072");
    }
  }

  @Test
  void busyTimeoutMs() throws SQLException {
    try (TraceStore store = open(config -> config.busyTimeoutMs(1_234))) {
      assertThat(pragma(store, "busy_timeout")).isEqualTo("1234");
    }
  }

  @ParameterizedTest
  @CsvSource({"DEFAULT, 0", "FILE, 1", "MEMORY, 2"})
  void tempStore(TempStore tempStore, String value) throws SQLException {
    try (TraceStore store = open(config -> config.tempStore(tempStore))) {
      assertThat(pragma(store, "temp_store")).isEqualTo(value);
    }
  }

  @Test
  void mmapSizeMb() throws SQLException {
    try (TraceStore store = open(config -> config.mmapSizeMb(2))) {
      assertThat(pragma(store, "mmap_size")).isEqualTo(Integer.toString(2 << 20));
    }
  }

  @Test
  void readOnlyRefusesWritesAndReads() {
    try (TraceStore writing = open(config -> config)) {
      writing.storeTrace(Samples.trace(1, 3));
    }

    try (TraceStore reading = open(config -> config.readOnly(true))) {
      assertThat(reading.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
      assertThat(reading.healthCheck().warnings())
          .contains("opened with readOnly=true: writes are refused");
      assertThatThrownBy(() -> reading.storeTrace(Samples.trace(2, 0)))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessage("sqlite:%s?readOnly=true was opened with readOnly=true", file);
    }
  }

  @Test
  void readOnlyLeavesTheFileAsItIs() throws Exception {
    open(config -> config).close();
    byte[] before = Files.readAllBytes(file);

    open(config -> config.readOnly(true)).close();

    assertThat(file).hasBinaryContent(before);
  }

  @Test
  void aReaderOfARunningStoreSeesWhatItWrites() {
    try (TraceStore writing = open(config -> config);
        TraceStore reading = open(config -> config.readOnly(true))) {
      writing.storeTrace(Samples.trace(1, 3));

      assertThat(reading.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
    }
  }

  @Test
  void aFileDeclaresWhatItKeeps() {
    try (TraceStore store = open(config -> config)) {
      assertThat(store.capabilities())
          .containsExactlyInAnyOrder(
              Capability.ATOMIC, Capability.DURABLE, Capability.PERSISTENT, Capability.SHARED);
    }
  }

  @Test
  void aJournalInMemoryDeclaresLess() {
    try (TraceStore store = open(config -> config.journalMode(JournalMode.MEMORY))) {
      assertThat(store.capabilities())
          .containsExactlyInAnyOrder(Capability.PERSISTENT, Capability.SHARED);
      assertThat(store.healthCheck().warnings())
          .contains("journalMode=MEMORY: the file is damaged if the process dies during a write");
    }
  }

  @Test
  void synchronousOffIsAWarning() {
    try (TraceStore store = open(config -> config.synchronous(Synchronous.OFF))) {
      assertThat(store.healthCheck().warnings())
          .contains("synchronous=OFF: a loss of power may damage the file");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a b.db", "a?mode=memory.db", "100%.db", "#1&x=y.db", "Größe \uD83D\uDE80.db"})
  void anyFileNameIsTakenAsItIs(String name) {
    file = directory.resolve(name);

    open(config -> config).close();

    assertThat(file).isNotEmptyFile();
    assertThat(directory).isDirectoryNotContaining(other -> !other.equals(file));
  }

  @Test
  void inMemoryTwoStoresShareNothing() {
    try (TraceStore one = SqliteConfig.inMemory().open();
        TraceStore two = SqliteConfig.inMemory().open()) {
      one.storeTrace(Samples.trace(1, 3));

      assertThat(one.getTrace(Samples.traceId(1))).contains(Samples.trace(1, 3));
      assertThat(two.getTrace(Samples.traceId(1))).isEmpty();
      assertThat(one.capabilities()).containsExactly(Capability.ATOMIC);
    }
  }

  @Test
  void aConnectionFromUnwrapCannotWrite() throws SQLException {
    try (TraceStore store = open(config -> config);
        Connection connection = store.unwrap(DataSource.class).getConnection()) {
      assertThatThrownBy(() -> PlainSql.execute(connection, "DELETE FROM traces"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("SQLITE_READONLY");
    }
  }
}
