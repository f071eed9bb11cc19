package io.tracestore.provider.sqlite;

import io.tracestore.provider.sqlite.connect.SqliteSettings;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.config.StoreConfig;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptionList;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The configuration of a {@code sqlite:} store, in code: {@code
 * SqliteConfig.of("traces.db").journalMode(WAL).open()}. An option that is not set has the default
 * of its constant.
 */
public final class SqliteConfig extends StoreConfig<SqliteConfig> {
  static final StoreOptionList OPTIONS = new StoreOptionList();

  /** The option {@code journalMode}. */
  public static final StoreOption<JournalMode> JOURNAL_MODE =
      OPTIONS.add(
          StoreOption.ofEnum(
              "journalMode",
              JournalMode.WAL,
              "How a transaction is kept undoable; the file keeps the mode. MEMORY damages the file if the process dies during a write. In memory databases have a journal of their own."));

  /** The option {@code synchronous}. */
  public static final StoreOption<Synchronous> SYNCHRONOUS =
      OPTIONS.add(
          StoreOption.ofEnum(
              "synchronous",
              Synchronous.NORMAL,
              "When to wait for the disk: NORMAL at checkpoints, FULL at every commit, OFF never."));

  /** The option {@code cacheSizeMb}. */
  public static final StoreOption<Integer> CACHE_SIZE_MB =
      OPTIONS.add(
          StoreOption.ofMebibytes(
              "cacheSizeMb",
              64,
              1,
              1 << 20,
              "Page cache of each connection, filled as it is needed."));

  /** The option {@code busyTimeoutMs}. */
  public static final StoreOption<Long> BUSY_TIMEOUT_MS =
      OPTIONS.add(
          StoreOption.ofMillis(
              "busyTimeoutMs",
              5_000,
              0,
              3_600_000,
              "How long to wait for another process that has locked the file."));

  /** The option {@code maxConnections}. */
  public static final StoreOption<Integer> MAX_CONNECTIONS =
      OPTIONS.add(
          StoreOption.ofInt(
              "maxConnections",
              10,
              1,
              1_000,
              "How many connections read at once, opened as they are needed; there is one more for writing. An in-memory database has one for all."));

  /** The option {@code tempStore}. */
  public static final StoreOption<TempStore> TEMP_STORE =
      OPTIONS.add(
          StoreOption.ofEnum("tempStore", TempStore.DEFAULT, "Where large sorts are kept."));

  /** The option {@code mmapSizeMb}. */
  public static final StoreOption<Integer> MMAP_SIZE_MB =
      OPTIONS.add(
          StoreOption.ofMebibytes(
              "mmapSizeMb",
              0,
              0,
              2_047,
              "How much of the file is read through a memory map; 0 for none."));

  /** The option {@code readOnly}. */
  public static final StoreOption<Boolean> READ_ONLY =
      OPTIONS.add(
          StoreOption.ofBoolean(
              "readOnly", false, "Whether writes are refused and the file is left as it is."));

  /** The option {@code create}. */
  public static final StoreOption<Boolean> CREATE =
      OPTIONS.add(StoreOption.ofBoolean("create", true, "Whether a missing file is made."));

  /** The option {@code indexedAttributes}. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      OPTIONS.add(DataTerms.INDEXED_ATTRIBUTES);

  private SqliteConfig(StoreUri uri) {
    super(new SqliteTraceStoreProvider(), uri);
  }

  /** The database in the file {@code path}, with the defaults. */
  public static SqliteConfig of(String path) {
    return of(Path.of(path));
  }

  /** The database in the file {@code path}, with the defaults. */
  public static SqliteConfig of(Path path) {
    return new SqliteConfig(
        StoreUri.of(SqliteTraceStoreProvider.SCHEME, SqliteSettings.rawBody(path), Map.of()));
  }

  /** A private database in memory, which lives as long as the store, with the defaults. */
  public static SqliteConfig inMemory() {
    return new SqliteConfig(
        StoreUri.of(SqliteTraceStoreProvider.SCHEME, SqliteSettings.IN_MEMORY, Map.of()));
  }

  /** Sets the journal with which a transaction can be undone. */
  public SqliteConfig journalMode(JournalMode journalMode) {
    return with(JOURNAL_MODE, journalMode);
  }

  /** When to wait for the disk. */
  public SqliteConfig synchronous(Synchronous synchronous) {
    return with(SYNCHRONOUS, synchronous);
  }

  /** Page cache of each connection in MiB. */
  public SqliteConfig cacheSizeMb(int cacheSizeMb) {
    return with(CACHE_SIZE_MB, cacheSizeMb);
  }

  /** How many milliseconds to wait for another process's lock. */
  public SqliteConfig busyTimeoutMs(long busyTimeoutMs) {
    return with(BUSY_TIMEOUT_MS, busyTimeoutMs);
  }

  /** How many connections read at once. */
  public SqliteConfig maxConnections(int maxConnections) {
    return with(MAX_CONNECTIONS, maxConnections);
  }

  /** Where large sorts are kept. */
  public SqliteConfig tempStore(TempStore tempStore) {
    return with(TEMP_STORE, tempStore);
  }

  /** How many MiB of the file are read through a memory map. */
  public SqliteConfig mmapSizeMb(int mmapSizeMb) {
    return with(MMAP_SIZE_MB, mmapSizeMb);
  }

  /** Whether writes are refused and the file is left as it is. */
  public SqliteConfig readOnly(boolean readOnly) {
    return with(READ_ONLY, readOnly);
  }

  /** Whether a missing file is made. */
  public SqliteConfig create(boolean create) {
    return with(CREATE, create);
  }

  /** Sets the keys of attributes by which traces are fast to find. */
  public SqliteConfig indexedAttributes(List<String> keys) {
    return with(INDEXED_ATTRIBUTES, keys);
  }

  @Override
  protected SqliteConfig withUri(StoreUri uri) {
    return new SqliteConfig(uri);
  }
}
