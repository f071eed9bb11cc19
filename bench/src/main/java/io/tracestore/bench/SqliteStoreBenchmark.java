package io.tracestore.bench;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.provider.sqlite.Synchronous;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
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
 * The cost of the {@code sqlite:} store next to the least work that SQLite can do for the same
 * rows: prepared statements by hand, with the same schema, PRAGMAs and encoded values, in the same
 * run.
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
    SqliteByHand byHand;

    @Setup
    public void open() {
      try {
        directory = Files.createTempDirectory("sqlite-bench");
        store = openStore(directory.resolve("store.db"), Synchronous.NORMAL);
        openStore(directory.resolve("hand.db"), Synchronous.NORMAL).close();
        byHand = new SqliteByHand(directory.resolve("hand.db"));
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
    List<SqliteByHand.Rows> rows;

    @Setup(Level.Invocation)
    public void make() {
      rows = Traces.make(BATCH).stream().map(SqliteByHand.Rows::of).toList();
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
    SqliteByHand byHand;
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
      byHand = new SqliteByHand(file);
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
    return SqliteConfig.of(file).synchronous(synchronous).open();
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
                    .performanceMetrics(PerformanceMetrics.of(1_000L * i, 65_536, 12.5f, i, 100.25))
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
}
