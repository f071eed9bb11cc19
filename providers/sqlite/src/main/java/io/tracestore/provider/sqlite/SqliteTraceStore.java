package io.tracestore.provider.sqlite;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Traces in a SQLite database: one writer that commits for all, and a pool of readers. */
final class SqliteTraceStore extends BaseTraceStore {
  /** Below that, a health check warns. */
  private static final long LITTLE_SPACE = 100L << 20;

  private final SqliteConfig config;
  private final SqliteErrors errors;
  private final Connections connections;
  private final ReaderPool readers;

  /** Null in a store that only reads. */
  private final @Nullable SqliteWriter writer;

  private SqliteTraceStore(
      SqliteConfig config,
      SqliteErrors errors,
      Connections connections,
      ReaderPool readers,
      @Nullable SqliteWriter writer) {
    super(config.toUri().toString());
    this.config = config;
    this.errors = errors;
    this.connections = connections;
    this.readers = readers;
    this.writer = writer;
  }

  static SqliteTraceStore open(SqliteConfig config) {
    Path path = config.path();
    if (path != null) {
      new DatabaseFile(path).checkBeforeOpen(config);
    }
    String name = config.toUri().toString();
    SqliteErrors errors = new SqliteErrors(name, config.busyTimeoutMs());
    Connections connections = new Connections(config);
    try {
      return config.readOnly()
          ? openToRead(config, errors, connections)
          : openToWrite(config, errors, connections);
    } catch (SQLException e) {
      throw errors.translate(e);
    }
  }

  private static SqliteTraceStore openToRead(
      SqliteConfig config, SqliteErrors errors, Connections connections) throws SQLException {
    NameCache names = new NameCache();
    connections.openFirstReader().close(); // it would have thrown
    ReaderPool readers =
        new ReaderPool(
            config.toUri().toString(),
            config.maxConnections(),
            () -> new ReadSession(connections.openReader(), names, true),
            Gate.of(config));
    return new SqliteTraceStore(config, errors, connections, readers, null);
  }

  private static SqliteTraceStore openToWrite(
      SqliteConfig config, SqliteErrors errors, Connections connections) throws SQLException {
    String name = config.toUri().toString();
    NameCache names = new NameCache();
    Gate gate = Gate.of(config);
    Connection connection = connections.openWriter();
    try {
      WriteSession session = new WriteSession(connection);
      ReaderPool readers =
          config.path() == null
              ? new ReaderPool(name, 1, () -> new ReadSession(connection, names, false), gate)
              : new ReaderPool(
                  name,
                  config.maxConnections(),
                  () -> new ReadSession(connections.openReader(), names, true),
                  gate);
      SqliteWriter writer = new SqliteWriter(name, session, gate, errors);
      return new SqliteTraceStore(config, errors, connections, readers, writer);
    } catch (SQLException | RuntimeException e) {
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

  private <R extends @Nullable Object> R read(ReadSession.Reading<R> reading) {
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
    return read(session -> session.trace(traceId));
  }

  @Override
  protected List<TraceEvent> doGetEvents(TraceId traceId) {
    return read(session -> session.events(traceId));
  }

  @Override
  protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
    return read(session -> session.query(query, limit));
  }

  @Override
  protected long doCount(TraceQuery query) {
    return read(session -> session.count(query));
  }

  @Override
  protected List<EventMetrics> doEventMetrics(EventMetricsQuery query) {
    return read(session -> session.snapshot(all -> EventSums.metrics(all, query)));
  }

  @Override
  protected List<ActorEdge> doActorGraph(ActorGraphQuery query) {
    return read(session -> session.snapshot(all -> EventSums.graph(all, query)));
  }

  @Override
  protected boolean doDeleteTrace(TraceId traceId) {
    return writer().delete(traceId);
  }

  @Override
  protected long doPurgeBefore(Instant cutoff) {
    SqliteWriter purging = writer();
    return purging.purgeUpTo(EpochNanos.lastBefore(cutoff));
  }

  @Override
  protected String doHealthCheck(List<String> warnings) {
    Path path = config.path();
    if (path != null) {
      checkFile(path, warnings);
    }
    if (writer != null) {
      writer.checkWritable();
    } else {
      warnings.add("opened with readOnly=true: writes are refused");
    }
    if (config.synchronous() == Synchronous.OFF) {
      warnings.add("synchronous=OFF: a loss of power may damage the file");
    }
    if (config.journalMode() == JournalMode.MEMORY) {
      warnings.add("journalMode=MEMORY: the file is damaged if the process dies during a write");
    }
    return read(session -> {
      Connection connection = session.connection();
      return "SQLite %s, journal %s, schema version %d"
          .formatted(
              Sql.text(connection, "SELECT sqlite_version()"),
              Sql.text(connection, "PRAGMA journal_mode"),
              Schema.version(connection));
    });
  }

  private void checkFile(Path path, List<String> warnings) {
    if (!Files.exists(path)) {
      throw new StoreUnavailableException(
          "%s: the file was removed while the store is open; open it anew".formatted(name()), null);
    }
    new DatabaseFile(path).checkHeader();
    try {
      long space = Files.getFileStore(path).getUsableSpace();
      if (space < LITTLE_SPACE) {
        warnings.add("only %d MiB left on the disk".formatted(space >> 20));
      }
    } catch (IOException e) {
      warnings.add("the free space on the disk is not known: " + e);
    }
  }

  @Override
  protected long storageBytes() {
    Path path = config.path();
    if (path == null) {
      return read(session ->
          Sql.number(session.connection(), "PRAGMA page_count")
              * Sql.number(session.connection(), "PRAGMA page_size"));
    }
    return size(path) + size(path.resolveSibling(path.getFileName() + "-wal"));
  }

  /** {@code commits} and the {@code committedWrites} in them. */
  @Override
  protected Map<String, Long> counters() {
    return writer == null ? Map.of() : writer.counters();
  }

  /**
   * {@code queuedWrites} and {@code queuedBytes} wait for the writer; {@code readersInUse} of
   * {@code readers} read, {@code waitingReads} wait for one.
   */
  @Override
  protected Map<String, Long> gauges() {
    Map<String, Long> gauges = new HashMap<>(readers.gauges());
    if (writer != null) {
      gauges.putAll(writer.gauges());
    }
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
      if (config.journalMode() == JournalMode.MEMORY) {
        capabilities.remove(Capability.DURABLE);
        capabilities.remove(Capability.ATOMIC);
      }
    }
    return Set.copyOf(capabilities);
  }

  /**
   * For a store in a file also a {@link DataSource} of connections that only read, and a {@link
   * SqliteMaintenance}.
   */
  @Override
  public <T> T unwrap(Class<T> type) {
    if (type == SqliteMaintenance.class && config.path() != null) {
      super.unwrap(Object.class); // refuses after a close
      return type.cast(new OnlineBackup(name(), config, errors));
    }
    if (type == DataSource.class && config.path() != null) {
      super.unwrap(Object.class); // refuses after a close
      return type.cast(new ReadOnlyDataSource(connections));
    }
    return super.unwrap(type);
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
