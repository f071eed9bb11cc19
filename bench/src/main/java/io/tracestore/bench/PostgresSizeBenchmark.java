package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of operations of the {@code postgresql:} store in a small store and in a large one: all
 * in one partition, the worst case. On a server of {@code TRACESTORE_POSTGRES_URI} a filled store
 * stays for the next run, and is removed with the server.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PostgresSizeBenchmark {
  private static final int EVENTS_PER_TRACE = 20;
  private static final int FILL_BATCH = 1000;
  private static final int STORED_BATCH = 50;
  private static final int SAMPLED_IDS = 20_000;

  /** A store with {@link #events} events. */
  @State(Scope.Benchmark)
  public static class Filled {
    @Param({"100000", "10000000"})
    int events;

    PostgresTestServer server;
    TraceStore store;
    List<TraceId> ids;

    @Setup
    public void fill() throws IOException, SQLException {
      server = PostgresTestServer.startAndKeepStores();
      store = server.openStore(name(), "");
      long traces = store.count(TraceQuery.ALL);
      for (; traces < events / EVENTS_PER_TRACE; traces += FILL_BATCH) {
        store.storeTraces(PostgresTraces.make(FILL_BATCH, EVENTS_PER_TRACE));
      }
      try (Connection connection = server.connect(name());
          Statement statement = connection.createStatement()) {
        statement.execute("VACUUM ANALYZE");
        ids = sample(statement);
      }
    }

    private String name() {
      return "_of_" + events;
    }

    private static List<TraceId> sample(Statement statement) throws SQLException {
      List<TraceId> ids = new ArrayList<>();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT trace_id FROM traces ORDER BY hashtext(trace_id::text) LIMIT "
                  + SAMPLED_IDS)) {
        while (rows.next()) {
          ids.add(new TraceId(rows.getObject(1, UUID.class)));
        }
      }
      return ids;
    }

    TraceId any() {
      return ids.get(ThreadLocalRandom.current().nextInt(ids.size()));
    }

    @TearDown
    public void close() throws SQLException {
      store.close();
    }
  }

  /** Traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class New {
    List<FlowTrace> traces;

    @Setup(Level.Invocation)
    public void make() {
      traces = PostgresTraces.make(STORED_BATCH, EVENTS_PER_TRACE);
    }
  }

  /** So few that they leave a small store small. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = 20)
  @Measurement(iterations = 60)
  public void storeFiftyTraces(Filled filled, New batch) {
    filled.store.storeTraces(batch.traces);
  }

  @Benchmark
  public Optional<FlowTrace> getTrace(Filled filled) {
    return filled.store.getTrace(filled.any());
  }

  @Benchmark
  public List<FlowTrace> queryTheNewest20OfAFlow(Filled filled) {
    return filled.store.queryTraces(
        TraceQuery.builder()
            .flowId("flow-" + ThreadLocalRandom.current().nextInt(50))
            .limit(20)
            .build());
  }
}
