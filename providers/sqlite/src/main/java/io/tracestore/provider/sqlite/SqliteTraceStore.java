package io.tracestore.provider.sqlite;

import static io.tracestore.provider.sqlite.jooq.Tables.STORE;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.numberOf;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.pragma;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.sqliteVersion;
import static org.jooq.impl.DSL.select;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.connect.DatabaseFile;
import io.tracestore.provider.sqlite.connect.Disk;
import io.tracestore.provider.sqlite.connect.Gate;
import io.tracestore.provider.sqlite.connect.LeftLibraries;
import io.tracestore.provider.sqlite.connect.ReadOnlyDataSource;
import io.tracestore.provider.sqlite.connect.SqliteErrors;
import io.tracestore.provider.sqlite.connect.SqliteSettings;
import io.tracestore.provider.sqlite.read.NameCache;
import io.tracestore.provider.sqlite.read.OnlineBackup;
import io.tracestore.provider.sqlite.read.ReaderPool;
import io.tracestore.provider.sqlite.read.SqliteAnalytics;
import io.tracestore.provider.sqlite.read.SqliteTraceReader;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.sqlite.schema.Schema;
import io.tracestore.provider.sqlite.sql.Pragma;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Sql;
import io.tracestore.provider.sqlite.write.LogLength;
import io.tracestore.provider.sqlite.write.SqliteWriteSink;
import io.tracestore.provider.sqlite.write.SqliteWriter;
import io.tracestore.provider.sqlite.write.WriteSession;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.read.ChunkedCursor;
import io.tracestore.provider.support.read.EventPages;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.jooq.Field;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/** Traces in a SQLite database: one writer that commits for all, and a pool of readers. */
final class SqliteTraceStore extends BaseTraceStore {
  /** Below that, a health check warns. */
  private static final long LITTLE_SPACE = 100L << 20;

  /** Above that, too: such a log slows reading down. */
  private static final long MUCH_LOG = 4 * Connections.LOG_BYTES;

  private static final Set<String> NETWORK_FILE_SYSTEMS =
      Set.of("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afs", "ceph", "9p", "fuse.sshfs");

  private static final Rendered ALL_BYTES = bytesOf(numberOf(Pragma.PAGE_COUNT));

  private static final Rendered DATA_BYTES =
      bytesOf(
          numberOf(Pragma.PAGE_COUNT)
              .minus(numberOf(Pragma.FREELIST_COUNT))
              .minus(STORE.EMPTY_PAGES));

  private final SqliteSettings config;
  private final SqliteErrors errors;
  private final Connections connections;
  private final ReaderPool readers;
  private final LogLength log;

  /** Null in memory. */
  private final @Nullable Origin origin;

  /** Null in a store that only reads. */
  private final @Nullable SqliteWriter writer;

  /**
   * The file on which the store was opened.
   *
   * @param file the file itself, with links resolved
   * @param key which file that is, as far as the system says
   * @param storeId the random id that the database got when it was made
   */
  private record Origin(Path file, @Nullable Object key, String storeId) {
    static Origin of(Path file, String storeId) {
      return new Origin(file, keyOf(file), storeId);
    }

    private static @Nullable Object keyOf(Path file) {
      try {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      } catch (IOException e) {
        return null;
      }
    }

    boolean isReplaced() {
      return !Objects.equals(key, keyOf(file));
    }

    Path sibling(String suffix) {
      return file.resolveSibling(file.getFileName() + suffix);
    }

    /** The number within the file system; its device may have another name after a restart. */
    private String number() {
      try {
        return Files.getAttribute(file, "unix:ino").toString();
      } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
        return "";
      }
    }

    /** As a digest: a path may be long. */
    String identity() {
      String whole = storeId + ' ' + number() + ' ' + file;
      UUID digest = UUID.nameUUIDFromBytes(whole.getBytes(StandardCharsets.UTF_8));
      return "sqlite:" + storeId + ':' + digest;
    }
  }

  private SqliteTraceStore(
      SqliteSettings config,
      SqliteErrors errors,
      Connections connections,
      ReaderPool readers,
      LogLength log,
      @Nullable Origin origin,
      @Nullable SqliteWriter writer) {
    super(config.toString());
    this.config = config;
    this.errors = errors;
    this.connections = connections;
    this.readers = readers;
    this.log = log;
    this.origin = origin;
    this.writer = writer;
  }

  static SqliteTraceStore open(SqliteSettings config) {
    Path path = config.path();
    if (path != null) {
      new DatabaseFile(path).checkBeforeOpen(config);
    }
    SqliteErrors errors = new SqliteErrors(config);
    Connections connections = new Connections(config);
    LeftLibraries.removeOnce();
    try {
      connections.checkHeader();
      return config.get(SqliteConfig.READ_ONLY)
          ? openToRead(config, errors, connections)
          : openToWrite(config, errors, connections);
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private static SqliteTraceStore openToRead(
      SqliteSettings config, SqliteErrors errors, Connections connections) throws SQLException {
    NameCache names = new NameCache();
    BodyDictionaries dictionaries = new BodyDictionaries();
    Gate gate = Gate.of(config);
    ReaderPool readers =
        new ReaderPool(
            config.toString(),
            config.get(SqliteConfig.MAX_CONNECTIONS),
            () -> SqliteTraceReader.open(connections, names, dictionaries),
            gate);
    try {
      String storeId =
          readers.read(session -> {
            connections.checkOwnership(session.connection());
            return Connections.storeId(session.connection());
          });
      Path file = Objects.requireNonNull(connections.file(), "only a file is opened to read");
      Origin origin = Origin.of(file, storeId);
      LogLength log = new LogLength(origin.sibling("-wal"), gate);
      return new SqliteTraceStore(config, errors, connections, readers, log, origin, null);
    } catch (Throwable e) {
      readers.close();
      throw e;
    }
  }

  private static SqliteTraceStore openToWrite(
      SqliteSettings config, SqliteErrors errors, Connections connections) throws SQLException {
    String name = config.toString();
    NameCache names = new NameCache();
    BodyDictionaries dictionaries = new BodyDictionaries();
    Gate gate = Gate.of(config);
    SQLiteConnection connection = connections.openWriter();
    try {
      Path file = connections.file();
      String storeId = Connections.storeId(connection);
      Origin origin = file == null ? null : Origin.of(file, storeId);
      boolean hasLog = config.get(SqliteConfig.JOURNAL_MODE) == JournalMode.WAL;
      LogLength log = new LogLength(origin != null && hasLog ? origin.sibling("-wal") : null, gate);
      Synchronous synchronous = config.get(SqliteConfig.SYNCHRONOUS);
      DataTerms terms = DataTerms.of(config.get(SqliteConfig.INDEXED_ATTRIBUTES));
      dictionaries.readNewest(connection);
      WriteSession session =
          new WriteSession(connection, synchronous, terms, dictionaries, file != null);
      ReaderPool readers =
          file == null
              ? new ReaderPool(
                  name, 1, () -> SqliteTraceReader.sharing(connection, names, dictionaries), gate)
              : new ReaderPool(
                  name,
                  config.get(SqliteConfig.MAX_CONNECTIONS),
                  () -> SqliteTraceReader.open(connections, names, dictionaries),
                  gate);
      SqliteWriteSink.Opening again =
          file == null
              ? () -> new WriteSession(connection, synchronous, terms, dictionaries, false)
              : () ->
                  new WriteSession(
                      connections.reopenWriter(storeId), synchronous, terms, dictionaries, true);
      SqliteWriteSink sink = new SqliteWriteSink(session, again, gate, log, errors);
      SqliteWriter writer = new SqliteWriter(name, sink, errors, terms, dictionaries);
      return new SqliteTraceStore(config, errors, connections, readers, log, origin, writer);
    } catch (Throwable e) {
      Connections.close(connection, e);
      throw e;
    }
  }

  private SqliteWriter writer() {
    if (writer == null) {
      throw new StoreConfigurationException(name() + " was opened with readOnly=true", null);
    }
    return writer;
  }

  private <R extends @Nullable Object> R read(SqliteTraceReader.Reading<R> reading) {
    try {
      return readers.read(reading);
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  @Override
  protected void doStoreTrace(FlowTrace trace) {
    writer().store(trace);
  }

  @Override
  protected List<BatchStoreException.Failure> doStoreTraces(List<FlowTrace> traces) {
    return writer().storeAll(traces);
  }

  @Override
  protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {
    writer().storeEvents(traceId, events);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
    return doGetTrace(traceId, null);
  }

  @Override
  protected Optional<FlowTrace> doGetTrace(TraceId traceId, @Nullable Long maxEventBytes) {
    long max = maxEventBytes == null ? Long.MAX_VALUE : maxEventBytes;
    return read(session -> session.trace(traceId, max));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return read(session -> session.events(traceId));
  }

  @Override
  protected Optional<FlowTrace> doGetHeader(TraceId traceId) {
    return read(session -> session.header(traceId));
  }

  @Override
  protected Map<TraceId, EventCounts> doEventCounts(List<TraceId> traceIds) {
    return read(session -> session.eventCounts(traceIds));
  }

  @Override
  protected ChunkedCursor.Source<TraceEvent> doOpenEvents(TraceId traceId, EventRange range) {
    return new EventPages(
        range,
        new EventPages.Reader() {
          @Override
          public List<EventPages.Place> places(EventRange.@Nullable Position after, int limit) {
            return read(session -> session.places(traceId, after, limit));
          }

          @Override
          public List<TraceEvent> events(List<EventPages.Place> page) {
            return read(session -> session.events(traceId, page));
          }
        });
  }

  @Override
  protected List<TraceId> doGetEarlyTraces(@Nullable TraceId after, int limit) {
    return read(session -> session.earlyTraces(after, limit));
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return read(session -> session.query(query, limit));
  }

  /** Headers are compared in the database. */
  @Override
  protected boolean answersEveryFilter(TraceQuery query) {
    return !query.filtersEventData();
  }

  /** The index on terms narrows most of the filters that need the data of events. */
  @Override
  protected TraceQuery candidates(TraceQuery query) {
    return query;
  }

  @Override
  protected String leadingIndex(TraceQuery query) {
    return read(session -> session.leading(query));
  }

  @Override
  protected Collection<String> doNames(NameKind kind, TraceQuery range) {
    return read(session -> session.names(kind, TimeRange.filterOf(range), TOO_MANY_NAMES));
  }

  @Override
  protected long doCount(TraceQuery query) {
    return read(session -> session.count(query));
  }

  @Override
  protected List<EventMetrics> doEventMetrics(EventMetricsQuery query) {
    return read(session -> session.snapshot(all -> SqliteAnalytics.metrics(all, query)));
  }

  @Override
  protected List<ActorEdge> doActorGraph(ActorGraphQuery query) {
    return read(session -> session.snapshot(all -> SqliteAnalytics.graph(all, query)));
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return writer().purge().delete(traceId);
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    return writer().purge().purgeUpTo(EpochNanos.lastBefore(cutoff), this::ensureOpen);
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    if (origin != null) {
      checkFile(origin, warnings);
    }
    if (writer != null) {
      writer.prove();
    } else {
      warnings.add("opened with readOnly=true: writes are refused");
    }
    if (config.get(SqliteConfig.SYNCHRONOUS) == Synchronous.OFF) {
      warnings.add("synchronous=OFF: a loss of power may damage the file");
    }
    if (config.get(SqliteConfig.JOURNAL_MODE) == JournalMode.MEMORY) {
      warnings.add("journalMode=MEMORY: the file is damaged if the process dies during a write");
    }
    return read(session -> {
      Connection connection = session.connection();
      return "SQLite %s, journal %s, schema version %d"
          .formatted(
              Sql.text(connection, select(sqliteVersion())),
              Sql.text(connection, pragma(Pragma.JOURNAL_MODE)),
              Schema.version(connection));
    });
  }

  private void checkFile(Origin opened, List<String> warnings) {
    Path file = opened.file();
    if (!Files.exists(file)) {
      throw new StoreUnavailableException(
          "%s: the file was removed while the store is open; open it again".formatted(name()),
          null);
    }
    if (opened.isReplaced()) {
      throw new StoreUnavailableException(
          "%s: the file was replaced while the store is open; open it again".formatted(name()),
          null);
    }
    try {
      connections.checkHeader();
    } catch (SQLException e) {
      throw errors.translate(e);
    }
    if (log.bytes() > MUCH_LOG) {
      warnings.add(
          "the write-ahead log has %d MiB: a reader keeps what is in it"
              .formatted(log.bytes() >> 20));
    }
    try {
      FileStore disk = Files.getFileStore(file);
      long space = disk.getUsableSpace();
      if (space < LITTLE_SPACE) {
        warnings.add("only %d MiB left on the disk".formatted(space >> 20));
      }
      if (NETWORK_FILE_SYSTEMS.contains(disk.type())) {
        warnings.add(
            "%s is a network file system, whose locks may damage the file".formatted(disk.type()));
      }
    } catch (IOException e) {
      warnings.add("the free space on the disk is not known: " + e);
    }
  }

  @Override
  protected long storageBytes() {
    return origin == null ? bytes(ALL_BYTES) : size(origin.file()) + log.bytes();
  }

  /**
   * The bytes of live data: without free pages, the first page of each table, and the log, which no
   * purge gives back.
   */
  @Override
  protected long dataBytes() {
    return Math.max(0, bytes(DATA_BYTES));
  }

  private long bytes(Rendered select) {
    return read(session -> session.number(select));
  }

  private static Rendered bytesOf(Field<Long> pages) {
    return Rendered.of(select(pages.times(numberOf(Pragma.PAGE_SIZE))).from(STORE));
  }

  @Override
  protected String doIdentity() {
    return origin == null ? super.doIdentity() : origin.identity();
  }

  @Override
  protected Set<Path> doFiles() {
    return origin == null
        ? Set.of()
        : Set.of(
            origin.file(),
            origin.sibling("-wal"),
            origin.sibling("-shm"),
            origin.sibling("-journal"));
  }

  /** Puts all on disk; not with {@code synchronous=OFF}, with which nothing waits for the disk. */
  @Override
  protected boolean doSync() {
    if (origin == null
        || writer == null
        || config.get(SqliteConfig.SYNCHRONOUS) == Synchronous.OFF) {
      return false;
    }
    writer.sync();
    // With the names in it, and without a journal that is gone.
    Disk.syncFolderOf(origin.file());
    return true;
  }

  /** {@code commits} and the {@code committedWrites} in them. */
  @Override
  protected Map<String, Long> counters() {
    return writer == null ? Map.of() : writer.counters();
  }

  /**
   * {@code queuedWrites} and {@code queuedBytes} wait for the writer; {@code readersInUse} of
   * {@code readers} read, {@code waitingReads} wait for one; {@code walBytes} is the length of the
   * write-ahead log.
   */
  @Override
  protected Map<String, Long> gauges() {
    Map<String, Long> gauges = new HashMap<>(readers.gauges());
    if (writer != null) {
      gauges.putAll(writer.gauges());
    }
    gauges.put("walBytes", log.bytes());
    return gauges;
  }

  private static long size(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      return 0; // not there
    }
  }

  @Override
  public Set<Capability> capabilities() {
    Set<Capability> capabilities = EnumSet.of(Capability.ATOMIC);
    if (config.path() != null) {
      capabilities.add(Capability.PERSISTENT);
      capabilities.add(Capability.SHARED);
      // Also with synchronous=OFF: what was handed to the operating system outlives the process.
      capabilities.add(Capability.DURABLE);
      if (config.get(SqliteConfig.JOURNAL_MODE) == JournalMode.MEMORY) {
        capabilities.remove(Capability.DURABLE);
        capabilities.remove(Capability.ATOMIC);
      }
    }
    return Set.copyOf(capabilities);
  }

  /**
   * For a store in a file a {@link DataSource} of connections that only read, and a {@link
   * SqliteMaintenance}.
   */
  @Override
  protected @Nullable Object doUnwrap(Class<?> type) {
    if (origin == null) {
      return null;
    }
    if (type == SqliteMaintenance.class) {
      return new OnlineBackup(name(), connections, errors);
    }
    return type == DataSource.class ? new ReadOnlyDataSource(connections) : null;
  }

  @Override
  protected void doClose() {
    if (writer != null) {
      writer.finish();
    }
    readers.close();
    if (writer != null) {
      // Last: closing the last connection to a file also cleans up its WAL.
      writer.disconnect();
    }
  }
}
