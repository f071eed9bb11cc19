package io.tracestore.provider.sqlite;

import io.tracestore.spi.StoreOption;
import java.util.List;
import java.util.Objects;

/** The options of {@code sqlite:} URIs, declared once. */
final class SqliteOptions {
  static final StoreOption<JournalMode> JOURNAL_MODE =
      StoreOption.ofEnum(
          "journalMode",
          JournalMode.WAL,
          "How a transaction is kept undoable; the file keeps the mode. MEMORY damages the file if the process dies during a write. In memory databases have a journal of their own.");
  static final StoreOption<Synchronous> SYNCHRONOUS =
      StoreOption.ofEnum(
          "synchronous",
          Synchronous.NORMAL,
          "When to wait for the disk: NORMAL at checkpoints, FULL at every commit, OFF never.");
  static final StoreOption<Integer> CACHE_SIZE_MB =
      StoreOption.ofMebibytes(
          "cacheSizeMb", 64, 1, 1 << 20, "Page cache of each connection, filled as it is needed.");
  static final StoreOption<Long> BUSY_TIMEOUT_MS =
      StoreOption.ofMillis(
          "busyTimeoutMs",
          5_000,
          0,
          3_600_000,
          "How long to wait for another process that has locked the file.");
  static final StoreOption<Integer> MAX_CONNECTIONS =
      StoreOption.ofInt(
          "maxConnections",
          10,
          1,
          1_000,
          "How many connections read at once, opened as they are needed; there is one more for writing. An in-memory database has one for all.");
  static final StoreOption<TempStore> TEMP_STORE =
      StoreOption.ofEnum("tempStore", TempStore.DEFAULT, "Where large sorts are kept.");
  static final StoreOption<Integer> MMAP_SIZE_MB =
      StoreOption.ofMebibytes(
          "mmapSizeMb",
          0,
          0,
          2_047,
          "How much of the file is read through a memory map; 0 for none.");
  static final StoreOption<Boolean> READ_ONLY =
      StoreOption.ofBoolean(
          "readOnly", false, "Whether writes are refused and the file is left as it is.");
  static final StoreOption<Boolean> CREATE =
      StoreOption.ofBoolean("create", true, "Whether a missing file is made.");

  static final List<StoreOption<?>> ALL =
      List.of(
          JOURNAL_MODE,
          SYNCHRONOUS,
          CACHE_SIZE_MB,
          BUSY_TIMEOUT_MS,
          MAX_CONNECTIONS,
          TEMP_STORE,
          MMAP_SIZE_MB,
          READ_ONLY,
          CREATE);

  private SqliteOptions() {}

  static <T> T defaultOf(StoreOption<T> option) {
    return Objects.requireNonNull(option.defaultValue());
  }
}
