package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * The cost of the {@code postgresql:} store next to the least work that the server can do for the
 * same rows, in the same run: a COPY of ready bytes into the same tables with the same indexes; the
 * fastest usual way that may be repeated, a COPY to temporary tables and an INSERT from there, for
 * which the events have a unique index; and the two selects by hand.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PostgresStoreBenchmark {
  static final int BATCH = 500;
  static final int EVENTS = 20;

  /** A store, and a connection to another one's tables for what is done by hand. */
  @State(Scope.Benchmark)
  public static class Server {
    @Param({"true", "false"})
    boolean partitioning;

    PostgresTestServer server;
    TraceStore store;
    Connection byHand;
    Connection repeatable;

    @Setup
    public void open() throws IOException, SQLException {
      server = PostgresTestServer.start();
      store = server.openStore("store", "&partitioning=" + partitioning);
      byHand = connectToNew("raw");
      repeatable = connectToNew("keyed");
      try (Statement statement = repeatable.createStatement()) {
        statement.execute("DROP INDEX events_by_trace");
        statement.execute("CREATE UNIQUE INDEX ON events (trace_id, event_id, start_hour)");
        statement.execute("CREATE TEMP TABLE new_traces (LIKE traces) ON COMMIT DELETE ROWS");
        statement.execute("CREATE TEMP TABLE new_events (LIKE events) ON COMMIT DELETE ROWS");
      }
      repeatable.commit();
    }

    private Connection connectToNew(String name) throws SQLException {
      try (TraceStore made = server.openStore(name, "&partitioning=" + partitioning)) {
        made.storeTrace(PostgresTraces.make(1)); // which makes the partition of today
      }
      Connection connection = server.connect(name);
      connection.setAutoCommit(false);
      return connection;
    }

    @TearDown
    public void close() throws SQLException {
      store.close();
      byHand.close();
      repeatable.close();
      for (String name : List.of("store", "raw", "keyed")) {
        server.drop(name);
      }
    }
  }

  /** 500 traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewBatch {
    List<FlowTrace> traces;

    @Setup(Level.Invocation)
    public void make() {
      traces = PostgresTraces.make(BATCH, EVENTS);
    }
  }

  /** The same as rows. */
  @State(Scope.Thread)
  public static class NewRows {
    PostgresRows rows;

    @Setup(Level.Invocation)
    public void make() {
      rows = PostgresRows.of(PostgresTraces.make(BATCH, EVENTS));
    }
  }

  /** One trace that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewTrace {
    FlowTrace trace;

    @Setup(Level.Invocation)
    public void make() {
      trace = PostgresTraces.make(EVENTS);
    }
  }

  /** 100,000 stored events, and the two selects that read a trace. */
  @State(Scope.Benchmark)
  public static class Stored {
    @Param("5000")
    int filled;

    TraceId[] ids;
    PreparedStatement header;
    PreparedStatement events;
    Connection connection;

    @Setup
    public void fill(Server server) throws SQLException {
      List<FlowTrace> traces = PostgresTraces.make(filled, EVENTS);
      server.store.storeTraces(traces);
      ids = traces.stream().map(FlowTrace::traceId).toArray(TraceId[]::new);
      connection = server.server.connect("store");
      connection.createStatement().execute("ANALYZE");
      header =
          connection.prepareStatement("SELECT start_hour, body FROM traces WHERE trace_id = ?");
      events =
          connection.prepareStatement(
              "SELECT body FROM events WHERE trace_id = ? AND start_hour = ?");
    }

    TraceId any() {
      return ids[ThreadLocalRandom.current().nextInt(ids.length)];
    }

    @TearDown
    public void close() throws SQLException {
      connection.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTraces(Server server, NewBatch batch) {
    server.store.storeTraces(batch.traces);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void copyRowsByHand(Server server, NewRows rows) throws SQLException {
    rows.rows.copy(server.byHand);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void copyAndInsertByHand(Server server, NewRows rows) throws SQLException {
    rows.rows.copy(server.repeatable, "new_traces", "new_events");
    try (Statement statement = server.repeatable.createStatement()) {
      statement.executeUpdate(
          "INSERT INTO traces SELECT * FROM new_traces ON CONFLICT (trace_id) DO UPDATE"
              + " SET status = excluded.status, labels = excluded.labels, body = excluded.body");
      statement.executeUpdate(
          "INSERT INTO events SELECT * FROM new_events ON CONFLICT (trace_id, event_id, start_hour)"
              + " DO UPDATE SET ts_ns = excluded.ts_ns, body = excluded.body");
    }
    server.repeatable.commit();
  }

  @Benchmark
  public void storeTraceOf1Thread(Server server, NewTrace trace) {
    server.store.storeTrace(trace.trace);
  }

  @Benchmark
  @Threads(16)
  public void storeTraceOf16Threads(Server server, NewTrace trace) {
    server.store.storeTrace(trace.trace);
  }

  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public Optional<FlowTrace> getTrace(Server server, Stored stored) {
    return server.store.getTrace(stored.any());
  }

  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public void twoSelectsByHand(Stored stored, Blackhole sink) throws SQLException {
    TraceId id = stored.any();
    int hour;
    stored.header.setObject(1, id.value());
    try (ResultSet row = stored.header.executeQuery()) {
      row.next();
      hour = row.getInt(1);
      sink.consume(row.getBytes(2));
    }
    stored.events.setObject(1, id.value());
    stored.events.setInt(2, hour);
    try (ResultSet rows = stored.events.executeQuery()) {
      while (rows.next()) {
        sink.consume(rows.getBytes(1));
      }
    }
  }

  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  public List<FlowTrace> queryTheNewest20OfAFlow(Server server, Stored stored) {
    return server.store.queryTraces(
        TraceQuery.builder()
            .flowId("flow-" + ThreadLocalRandom.current().nextInt(50))
            .limit(20)
            .build());
  }
}
