package io.tracestore.provider.sqlite;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code sqlite:} store is opened: the same as a URI says, as values.
 *
 * @param path the file; null for a private database in memory, which lives as long as the store
 * @param journalMode how a transaction is kept undoable; without meaning in memory
 * @param synchronous when to wait for the disk; without meaning in memory
 * @param cacheSizeMb page cache of each connection in MiB, at least 1
 * @param busyTimeoutMs how many milliseconds to wait for another process that has locked the file
 * @param maxConnections how many connections read at once, at least 1; without meaning in memory
 * @param tempStore where large sorts are kept
 * @param mmapSizeMb how many MiB of the file are read through a memory map; 0 for none
 * @param readOnly whether writes are refused and the file is left as it is; not in memory
 * @param create whether a missing file is made
 */
public record SqliteConfig(
    @Nullable Path path,
    JournalMode journalMode,
    Synchronous synchronous,
    int cacheSizeMb,
    long busyTimeoutMs,
    int maxConnections,
    TempStore tempStore,
    int mmapSizeMb,
    boolean readOnly,
    boolean create) {
  private static final String IN_MEMORY = ":memory:";

  /** What would end a URI's body or be replaced in it. */
  private static final String SPECIAL = "%?$";

  public SqliteConfig {
    Objects.requireNonNull(journalMode, "journalMode");
    Objects.requireNonNull(synchronous, "synchronous");
    SqliteOptions.CACHE_SIZE_MB.check(cacheSizeMb);
    SqliteOptions.BUSY_TIMEOUT_MS.check(busyTimeoutMs);
    SqliteOptions.MAX_CONNECTIONS.check(maxConnections);
    Objects.requireNonNull(tempStore, "tempStore");
    SqliteOptions.MMAP_SIZE_MB.check(mmapSizeMb);
    if (path != null && path.toString().isEmpty()) {
      throw new IllegalArgumentException("path must not be empty");
    }
    if (path == null && readOnly) {
      throw new IllegalArgumentException("readOnly makes no sense for a database in memory");
    }
  }

  /** A builder for the database in the file {@code path}, with the defaults. */
  public static Builder builder(Path path) {
    return new Builder(Objects.requireNonNull(path, "path"));
  }

  /** A builder for a private database in memory, with the defaults. */
  public static Builder inMemory() {
    return new Builder(null);
  }

  /**
   * The config that a URI describes.
   *
   * @param uri {@code sqlite:PATH} or {@code sqlite::memory:}, with options
   * @throws StoreConfigurationException if it has no path, an unknown option or a wrong value
   */
  public static SqliteConfig fromUri(StoreUri uri) {
    return fromUri(uri, StoreOptions.of(uri, SqliteOptions.ALL));
  }

  static SqliteConfig fromUri(StoreUri uri, StoreOptions options) {
    try {
      return new SqliteConfig(
          path(uri),
          options.get(SqliteOptions.JOURNAL_MODE),
          options.get(SqliteOptions.SYNCHRONOUS),
          options.get(SqliteOptions.CACHE_SIZE_MB),
          options.get(SqliteOptions.BUSY_TIMEOUT_MS),
          options.get(SqliteOptions.MAX_CONNECTIONS),
          options.get(SqliteOptions.TEMP_STORE),
          options.get(SqliteOptions.MMAP_SIZE_MB),
          options.get(SqliteOptions.READ_ONLY),
          options.get(SqliteOptions.CREATE));
    } catch (IllegalArgumentException e) {
      throw new StoreConfigurationException("%s: %s".formatted(uri, e.getMessage()), e);
    }
  }

  private static @Nullable Path path(StoreUri uri) {
    String body = uri.body();
    if (body.equals(IN_MEMORY)) {
      return null;
    }
    if (body.isEmpty()) {
      throw new StoreConfigurationException(
          "%s names no file; write sqlite:PATH or sqlite::memory:".formatted(uri), null);
    }
    if (body.startsWith("file:")) {
      throw new StoreConfigurationException(
          "%s: give a plain path, without 'file:'".formatted(uri), null);
    }
    try {
      return Path.of(body);
    } catch (InvalidPathException e) {
      throw new StoreConfigurationException("%s: not a path: %s".formatted(uri, e.getReason()), e);
    }
  }

  /** The URI that describes this config; options that have their default are left out. */
  public StoreUri toUri() {
    Map<String, String> options = new LinkedHashMap<>();
    addTo(options, SqliteOptions.JOURNAL_MODE, journalMode);
    addTo(options, SqliteOptions.SYNCHRONOUS, synchronous);
    addTo(options, SqliteOptions.CACHE_SIZE_MB, cacheSizeMb);
    addTo(options, SqliteOptions.BUSY_TIMEOUT_MS, busyTimeoutMs);
    addTo(options, SqliteOptions.MAX_CONNECTIONS, maxConnections);
    addTo(options, SqliteOptions.TEMP_STORE, tempStore);
    addTo(options, SqliteOptions.MMAP_SIZE_MB, mmapSizeMb);
    addTo(options, SqliteOptions.READ_ONLY, readOnly);
    addTo(options, SqliteOptions.CREATE, create);
    return StoreUri.of(SqliteTraceStoreProvider.SCHEME, rawBody(), options);
  }

  private static <T> void addTo(Map<String, String> options, StoreOption<T> option, T value) {
    if (!value.equals(option.defaultValue())) {
      options.put(option.name(), option.format(value));
    }
  }

  private String rawBody() {
    if (path == null) {
      return IN_MEMORY;
    }
    String name = path.toString();
    if (name.equals(IN_MEMORY) || name.startsWith("file:")) {
      name = "./" + name;
    }
    StringBuilder body = new StringBuilder();
    name.codePoints()
        .mapToObj(Character::toString)
        .map(c -> SPECIAL.contains(c) ? StoreUri.percentEncode(c) : c)
        .forEach(body::append);
    return body.toString();
  }

  /** Builds a {@link SqliteConfig}; not safe for several threads. */
  public static final class Builder {
    private final @Nullable Path path;
    private JournalMode journalMode = SqliteOptions.defaultOf(SqliteOptions.JOURNAL_MODE);
    private Synchronous synchronous = SqliteOptions.defaultOf(SqliteOptions.SYNCHRONOUS);
    private int cacheSizeMb = SqliteOptions.defaultOf(SqliteOptions.CACHE_SIZE_MB);
    private long busyTimeoutMs = SqliteOptions.defaultOf(SqliteOptions.BUSY_TIMEOUT_MS);
    private int maxConnections = SqliteOptions.defaultOf(SqliteOptions.MAX_CONNECTIONS);
    private TempStore tempStore = SqliteOptions.defaultOf(SqliteOptions.TEMP_STORE);
    private int mmapSizeMb = SqliteOptions.defaultOf(SqliteOptions.MMAP_SIZE_MB);
    private boolean readOnly = SqliteOptions.defaultOf(SqliteOptions.READ_ONLY);
    private boolean create = SqliteOptions.defaultOf(SqliteOptions.CREATE);

    private Builder(@Nullable Path path) {
      this.path = path;
    }

    /** How a transaction is kept undoable; WAL by default. */
    public Builder journalMode(JournalMode journalMode) {
      this.journalMode = journalMode;
      return this;
    }

    /** When to wait for the disk; NORMAL by default. */
    public Builder synchronous(Synchronous synchronous) {
      this.synchronous = synchronous;
      return this;
    }

    /** Page cache of each connection in MiB; 64 by default. */
    public Builder cacheSizeMb(int cacheSizeMb) {
      this.cacheSizeMb = cacheSizeMb;
      return this;
    }

    /** How many milliseconds to wait for another process's lock; 5000 by default. */
    public Builder busyTimeoutMs(long busyTimeoutMs) {
      this.busyTimeoutMs = busyTimeoutMs;
      return this;
    }

    /** How many connections read at once; 10 by default. */
    public Builder maxConnections(int maxConnections) {
      this.maxConnections = maxConnections;
      return this;
    }

    /** Where large sorts are kept; where SQLite was built to by default. */
    public Builder tempStore(TempStore tempStore) {
      this.tempStore = tempStore;
      return this;
    }

    /** How many MiB of the file are read through a memory map; none by default. */
    public Builder mmapSizeMb(int mmapSizeMb) {
      this.mmapSizeMb = mmapSizeMb;
      return this;
    }

    /** Whether writes are refused and the file is left as it is; false by default. */
    public Builder readOnly(boolean readOnly) {
      this.readOnly = readOnly;
      return this;
    }

    /** Whether a missing file is made; true by default. */
    public Builder create(boolean create) {
      this.create = create;
      return this;
    }

    /**
     * The config.
     *
     * @throws IllegalArgumentException if a value is out of bounds; it names the option
     */
    public SqliteConfig build() {
      return new SqliteConfig(
          path,
          journalMode,
          synchronous,
          cacheSizeMb,
          busyTimeoutMs,
          maxConnections,
          tempStore,
          mmapSizeMb,
          readOnly,
          create);
    }
  }
}
