package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.provider.sqlite.SqliteTraceStoreProvider;
import io.tracestore.provider.sqlite.Synchronous;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the {@code sqlite:} store costs beside the least work that SQLite can do for the same rows:
 * prepared statements by hand, with the same schema, PRAGMAs and encoded values, in the same run.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class SqliteStoreBenchmark {
  static final int BATCH = 500;
  static final int EVENTS = 20;

  /** A store and a database with the same tables for the hand-written statements. */
  @State(Scope.Benchmark)
  public static class Databases {
    Path directory;
    TraceStore store;
    HandWritten byHand;

    @Setup
    public void open() {
      try {
        directory = Files.createTempDirectory("sqlite-bench");
        store = openStore(directory.resolve("store.db"), Synchronous.NORMAL);
        openStore(directory.resolve("hand.db"), Synchronous.NORMAL).close();
        byHand = new HandWritten(directory.resolve("hand.db"));
      } catch (IOException | SQLException e) {
        throw new IllegalStateException(e);
      }
    }

    @TearDown
    public void close() throws SQLException, IOException {
      store.close();
      byHand.close();
      deleteAll(directory);
    }
  }

  /** 500 traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewBatch {
    List<FlowTrace> traces;

    @Setup(Level.Invocation)
    public void make() {
      traces = Traces.make(BATCH);
    }
  }

  /** The same, encoded. */
  @State(Scope.Thread)
  public static class NewRows {
    List<Rows> rows;

    @Setup(Level.Invocation)
    public void make() {
      rows = Traces.make(BATCH).stream().map(Rows::of).toList();
    }
  }

  /** Traces per second in batches of 500. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTraces(Databases databases, NewBatch batch) {
    databases.store.storeTraces(batch.traces);
  }

  /** Traces per second in transactions of 500, by hand. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTracesByHand(Databases databases, NewRows batch) throws SQLException {
    databases.byHand.insert(batch.rows);
  }

  /** Traces that were made before, each thread's in turn. */
  @State(Scope.Thread)
  public static class MadeTraces {
    private static final int MADE = 2_000;
    private final List<FlowTrace> traces = Traces.make(MADE);
    private int next;

    /** Another id for the same content is cheap to make and new to the store. */
    FlowTrace next() {
      FlowTrace made = traces.get(next);
      next = (next + 1) % MADE;
      return made.toBuilder().traceId(TraceId.random()).startTime(Instant.now()).build();
    }
  }

  /** One store for writers that wait for each trace. */
  @State(Scope.Benchmark)
  public static class Durable {
    @Param({"NORMAL", "FULL"})
    Synchronous synchronous;

    Path directory;
    TraceStore store;

    @Setup
    public void open() throws IOException {
      directory = Files.createTempDirectory("sqlite-bench");
      store = openStore(directory.resolve("store.db"), synchronous);
    }

    @TearDown
    public void close() throws IOException {
      store.close();
      deleteAll(directory);
    }
  }

  /** Traces per second of one caller that waits for each. */
  @Benchmark
  public void storeTraceFrom1Thread(Durable durable, MadeTraces traces) {
    durable.store.storeTrace(traces.next());
  }

  /** Traces per second of 16 callers that wait for each. */
  @Benchmark
  @Threads(16)
  public void storeTraceFrom16Threads(Durable durable, MadeTraces traces) {
    durable.store.storeTrace(traces.next());
  }

  /** A store with many traces. */
  @State(Scope.Benchmark)
  public static class Filled {
    @Param({"50000", "5000000"})
    int events;

    Path directory;
    TraceStore store;
    HandWritten byHand;
    List<TraceId> ids;

    @Setup
    public void fill() throws IOException, SQLException {
      directory = Files.createTempDirectory("sqlite-bench");
      Path file = directory.resolve("store.db");
      store = openStore(file, Synchronous.NORMAL);
      ids = new ArrayList<>();
      for (int stored = 0; stored < events; stored += BATCH * EVENTS) {
        List<FlowTrace> batch = Traces.make(BATCH);
        store.storeTraces(batch);
        batch.forEach(trace -> ids.add(trace.traceId()));
      }
      byHand = new HandWritten(file);
    }

    @TearDown
    public void close() throws IOException, SQLException {
      byHand.close();
      store.close();
      deleteAll(directory);
    }

    TraceId any() {
      return ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
    }
  }

  /** Traces read per second. */
  @Benchmark
  public Optional<FlowTrace> getTrace(Filled filled) {
    return filled.store.getTrace(filled.any());
  }

  /** Traces read per second by hand, decoding included. */
  @Benchmark
  public FlowTrace getTraceByHand(Filled filled) throws SQLException {
    return filled.byHand.select(filled.any());
  }

  /** Pages of 20 traces with their events per second. */
  @Benchmark
  public List<FlowTrace> queryTraces(Filled filled) {
    return filled.store.queryTraces(
        TraceQuery.builder()
            .flowId("flow-" + ThreadLocalRandom.current().nextInt(20))
            .limit(20)
            .build());
  }

  /** Traces stored per second, on top of what is there. */
  @Benchmark
  public void storeTrace(Filled filled, MadeTraces traces) {
    filled.store.storeTrace(traces.next());
  }

  static TraceStore openStore(Path file, Synchronous synchronous) {
    return SqliteTraceStoreProvider.open(
        SqliteConfig.builder(file).synchronous(synchronous).build());
  }

  static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files
          .sorted(Comparator.reverseOrder())
          .forEach(file -> {
            try {
              Files.delete(file);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }

  /** Traces as applications make them: a few flows and actors, some text in each event. */
  static final class Traces {
    private static final AtomicInteger MADE = new AtomicInteger();
    private static final List<TraceEventType> TYPES =
        List.of(
            TraceEventType.ACTOR_STARTED,
            TraceEventType.MESSAGE_RECEIVED,
            TraceEventType.STATE_CHANGED,
            TraceEventType.MESSAGE_SENT,
            TraceEventType.ACTOR_COMPLETED);

    private Traces() {}

    static List<FlowTrace> make(int count) {
      List<FlowTrace> traces = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        traces.add(make());
      }
      return traces;
    }

    static FlowTrace make() {
      int n = MADE.getAndIncrement();
      Instant start = Instant.EPOCH.plusSeconds(1_700_000_000L + n);
      List<TraceEvent> events = new ArrayList<>(EVENTS);
      for (int i = 0; i < EVENTS; i++) {
        EventId id = EventId.random();
        EventId parent = i == 0 ? null : events.get(i - 1).eventId();
        EventId root = i == 0 ? id : events.getFirst().eventId();
        events.add(
            new TraceEvent(
                id,
                start.plusNanos(1_000_003L * i),
                TYPES.get(i % TYPES.size()),
                "actor-" + (n + i / TYPES.size()) % 50,
                TraceEventData.builder()
                    .port("out")
                    .performanceMetrics(
                        new PerformanceMetrics(1_000L * i, 65_536, 12.5f, i, 100.25))
                    .attribute("http.path", "/orders/" + n)
                    .attribute("http.status_code", 200)
                    .build(),
                new CausalityInfo(parent, root, List.of(), Long.toHexString(n * 31L + i))));
      }
      return FlowTrace.builder("flow-" + n % 20)
          .startTime(start)
          .endTime(start.plusMillis(20))
          .status(n % 10 == 0 ? ExecutionStatus.failed("timeout") : ExecutionStatus.completed())
          .events(events)
          .metadata(
              TraceMetadata.builder()
                  .environment("production")
                  .userId("user-" + n % 1000)
                  .sessionId("session-" + n / 10)
                  .hostname("host-" + n % 8)
                  .tag("region", "eu-" + n % 4)
                  .tag("release", "1.2." + n % 16)
                  .build())
          .build();
    }
  }

  /** One trace encoded, as somebody would who writes the statements by hand. */
  @SuppressWarnings("ArrayRecordComponent") // only made to be bound
  record Rows(
      FlowTrace trace, byte[] id, byte[] executionId, byte[] header, List<EventRow> events) {
    static Rows of(FlowTrace trace) {
      return new Rows(
          trace,
          Uuids.toBytes(trace.traceId().value()),
          Uuids.toBytes(trace.executionId().value()),
          TraceBinary.encodeHeader(trace),
          trace.events().stream().map(EventRow::of).toList());
    }
  }

  /** One event encoded. */
  @SuppressWarnings("ArrayRecordComponent") // only made to be bound
  record EventRow(byte[] id, long timestamp, String actor, String type, long time, byte[] body) {
    static EventRow of(TraceEvent event) {
      return new EventRow(
          Uuids.toBytes(event.eventId().value()),
          EpochNanos.of(event.timestamp()),
          event.actorId(),
          event.eventType().typeName(),
          event.data().performanceMetrics().executionTimeNs(),
          TraceBinary.encodeEventBody(event));
    }
  }

  /** Prepared statements on the store's own tables, and nothing else. */
  static final class HandWritten implements AutoCloseable {
    private final Connection connection;
    private final Map<String, Long> names = new HashMap<>();
    private final Map<Long, String> texts = new HashMap<>();
    private final PreparedStatement begin;
    private final PreparedStatement commit;
    private final PreparedStatement insertTrace;
    private final PreparedStatement insertEvent;
    private final PreparedStatement insertActor;
    private final PreparedStatement insertType;
    private final PreparedStatement insertTag;
    private final PreparedStatement selectHeader;
    private final PreparedStatement selectEvents;
    private long lastKey;

    HandWritten(Path file) throws SQLException {
      // Without this the driver asks for the last row id after every insert, which would be unfair.
      connection =
          DriverManager.getConnection("jdbc:sqlite:" + file + "?jdbc.get_generated_keys=false");
      try (Statement statement = connection.createStatement()) {
        statement.execute("PRAGMA synchronous = NORMAL");
        statement.execute("PRAGMA cache_size = -65536");
        try (ResultSet rows = statement.executeQuery("SELECT name, name_key FROM names")) {
          while (rows.next()) {
            names.put(rows.getString(1), rows.getLong(2));
            texts.put(rows.getLong(2), rows.getString(1));
          }
        }
      }
      begin = connection.prepareStatement("BEGIN IMMEDIATE");
      commit = connection.prepareStatement("COMMIT");
      insertTrace =
          connection.prepareStatement(
              """
              INSERT INTO traces (trace_key, trace_id, flow, execution_id, start_ns, end_ns,
                duration_class, status, error, error_hash, environment, user_id, session_id, header)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)\
              """);
      insertEvent = connection.prepareStatement("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)");
      insertActor = connection.prepareStatement("INSERT INTO trace_actors VALUES (?, ?, ?)");
      insertType = connection.prepareStatement("INSERT INTO trace_event_types VALUES (?, ?, ?)");
      insertTag = connection.prepareStatement("INSERT INTO trace_tags VALUES (?, ?, ?, ?)");
      selectHeader =
          connection.prepareStatement("SELECT trace_key, header FROM traces WHERE trace_id = ?");
      selectEvents =
          connection.prepareStatement(
              "SELECT event_id, ts_ns, actor, body FROM events WHERE trace_key = ?");
    }

    void insert(List<Rows> batch) throws SQLException {
      begin.executeUpdate();
      for (Rows rows : batch) {
        insert(++lastKey, rows);
      }
      commit.executeUpdate();
    }

    private void insert(long key, Rows rows) throws SQLException {
      FlowTrace trace = rows.trace();
      long start = EpochNanos.of(trace.startTime());
      long end = EpochNanos.of(Objects.requireNonNull(trace.endTime()));
      String error =
          trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null;
      insertTrace.setLong(1, key);
      insertTrace.setBytes(2, rows.id());
      insertTrace.setLong(3, name(trace.flowId()));
      insertTrace.setBytes(4, rows.executionId());
      insertTrace.setLong(5, start);
      insertTrace.setLong(6, end);
      insertTrace.setLong(7, Long.SIZE - Long.numberOfLeadingZeros(end - start));
      insertTrace.setLong(8, error == null ? 2 : 3);
      insertTrace.setString(9, error);
      insertTrace.setObject(10, error == null ? null : (long) error.hashCode());
      insertTrace.setLong(11, name(trace.metadata().environment()));
      insertTrace.setString(12, trace.metadata().userId());
      insertTrace.setString(13, trace.metadata().sessionId());
      insertTrace.setBytes(14, rows.header());
      insertTrace.executeUpdate();
      Set<Long> actors = new HashSet<>();
      Set<Long> types = new HashSet<>();
      for (EventRow event : rows.events()) {
        long actor = name(event.actor());
        long type = name(event.type());
        actors.add(actor);
        types.add(type);
        insertEvent.setLong(1, key);
        insertEvent.setBytes(2, event.id());
        insertEvent.setLong(3, event.timestamp());
        insertEvent.setLong(4, actor);
        insertEvent.setLong(5, type);
        insertEvent.setLong(6, event.time());
        insertEvent.setBytes(7, event.body());
        insertEvent.executeUpdate();
      }
      for (long actor : actors) {
        insertFilter(insertActor, actor, start, key);
      }
      for (long type : types) {
        insertFilter(insertType, type, start, key);
      }
      for (Map.Entry<String, String> tag : trace.metadata().tags().entrySet()) {
        insertTag.setLong(1, name(tag.getKey()));
        insertTag.setString(2, tag.getValue());
        insertTag.setLong(3, start);
        insertTag.setLong(4, key);
        insertTag.executeUpdate();
      }
    }

    private static void insertFilter(PreparedStatement insert, long name, long start, long key)
        throws SQLException {
      insert.setLong(1, name);
      insert.setLong(2, start);
      insert.setLong(3, key);
      insert.executeUpdate();
    }

    private long name(String name) throws SQLException {
      Long known = names.get(name);
      if (known != null) {
        return known;
      }
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO names (name) VALUES (?) RETURNING name_key")) {
        insert.setString(1, name);
        try (ResultSet row = insert.executeQuery()) {
          row.next();
          names.put(name, row.getLong(1));
        }
      }
      return names.get(name);
    }

    FlowTrace select(TraceId id) throws SQLException {
      selectHeader.setBytes(1, Uuids.toBytes(id.value()));
      byte[] header;
      long key;
      try (ResultSet row = selectHeader.executeQuery()) {
        row.next();
        key = row.getLong(1);
        header = row.getBytes(2);
      }
      List<TraceEvent> events = new ArrayList<>();
      selectEvents.setLong(1, key);
      try (ResultSet rows = selectEvents.executeQuery()) {
        while (rows.next()) {
          events.add(
              TraceBinary.decodeEventBody(
                  rows.getBytes(4),
                  new EventId(Uuids.ofBytes(rows.getBytes(1))),
                  EpochNanos.toInstant(rows.getLong(2)),
                  Objects.requireNonNull(texts.get(rows.getLong(3)))));
        }
      }
      return TraceBinary.decodeHeader(header).withEvents(events);
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }
}
