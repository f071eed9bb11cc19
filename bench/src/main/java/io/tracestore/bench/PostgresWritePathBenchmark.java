package io.tracestore.bench;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Ways to write the events of 500 traces that are safe to repeat, from one connection: what ADR 10
 * chose from. All but the first need a unique index to find what is there already.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
public class PostgresWritePathBenchmark {
  private static final int TRACES = 500;
  private static final int EVENTS = 20;
  private static final int BATCH = TRACES * EVENTS;
  private static final String ON_CONFLICT =
      " ON CONFLICT (trace_id, event_id) DO UPDATE SET body = excluded.body, ts_ns = excluded.ts_ns";

  /** A table with a plain index, one with a unique index, and one to stage rows in. */
  @State(Scope.Benchmark)
  public static class Tables {
    PostgresTestServer server;
    Connection connection;

    @Setup
    public void open() throws IOException, SQLException {
      server = PostgresTestServer.start();
      server.openStore("paths", "&partitioning=false").close();
      connection = server.connect("paths", "reWriteBatchedInserts", "true");
      try (Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE plain (LIKE events)");
        statement.execute("CREATE INDEX ON plain (trace_id)");
        statement.execute("CREATE TABLE keyed (LIKE events, UNIQUE (trace_id, event_id))");
        statement.execute("CREATE TEMP TABLE staging (LIKE events) ON COMMIT DELETE ROWS");
      }
      connection.setAutoCommit(false);
    }

    @TearDown
    public void close() throws SQLException {
      connection.rollback();
      connection.close();
      server.drop("paths");
    }
  }

  /** New rows, as bytes for COPY and as values. */
  @State(Scope.Thread)
  public static class Rows {
    PostgresRows copied;
    Integer[] hours;
    UUID[] traceIds;
    UUID[] eventIds;
    Long[] times;
    byte[][] bodies;

    @Setup(Level.Invocation)
    public void make() {
      List<FlowTrace> traces = PostgresTraces.make(TRACES, EVENTS);
      copied = PostgresRows.of(traces);
      hours = new Integer[BATCH];
      traceIds = new UUID[BATCH];
      eventIds = new UUID[BATCH];
      times = new Long[BATCH];
      bodies = new byte[BATCH][];
      int row = 0;
      for (FlowTrace trace : traces) {
        for (TraceEvent event : trace.events()) {
          hours[row] = (int) (trace.startTime().getEpochSecond() / 3600);
          traceIds[row] = trace.traceId().value();
          eventIds[row] = event.eventId().value();
          times[row] = EpochNanos.of(event.timestamp());
          bodies[row++] = TraceBinary.encodeEvent(event);
        }
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void copy(Tables tables, Rows rows) throws SQLException {
    rows.copied.copyEvents(tables.connection, "plain");
    tables.connection.commit();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void copyToStagingAndInsert(Tables tables, Rows rows) throws SQLException {
    rows.copied.copyEvents(tables.connection, "staging");
    try (Statement statement = tables.connection.createStatement()) {
      statement.executeUpdate("INSERT INTO keyed SELECT * FROM staging" + ON_CONFLICT);
    }
    tables.connection.commit();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void unnest(Tables tables, Rows rows) throws SQLException {
    Connection connection = tables.connection;
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO keyed (start_hour, trace_id, event_id, ts_ns, execution_ns, actor,"
                + " event_type, latency_class, has_error, body)"
                + " SELECT h, t, e, n, 0, 1, 2, 0, false, b FROM"
                + " unnest(?::int[], ?::uuid[], ?::uuid[], ?::bigint[], ?::bytea[]) AS u (h, t, e, n, b)"
                + ON_CONFLICT)) {
      statement.setArray(1, connection.createArrayOf("int4", rows.hours));
      statement.setArray(2, connection.createArrayOf("uuid", rows.traceIds));
      statement.setArray(3, connection.createArrayOf("uuid", rows.eventIds));
      statement.setArray(4, connection.createArrayOf("int8", rows.times));
      statement.setArray(5, connection.createArrayOf("bytea", rows.bodies));
      statement.executeUpdate();
    }
    connection.commit();
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void multiRowInserts(Tables tables, Rows rows) throws SQLException {
    try (PreparedStatement statement =
        tables.connection.prepareStatement(
            "INSERT INTO keyed (start_hour, trace_id, event_id, ts_ns, execution_ns, actor,"
                + " event_type, latency_class, has_error, body)"
                + " VALUES (?, ?, ?, ?, 0, 1, 2, 0, false, ?)"
                + ON_CONFLICT)) {
      for (int i = 0; i < BATCH; i++) {
        statement.setInt(1, rows.hours[i]);
        statement.setObject(2, rows.traceIds[i]);
        statement.setObject(3, rows.eventIds[i]);
        statement.setLong(4, rows.times[i]);
        statement.setBytes(5, rows.bodies[i]);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    tables.connection.commit();
  }
}
