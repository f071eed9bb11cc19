package io.tracestore.bench;

import com.clickhouse.client.api.Client;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
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

/**
 * The cost of the {@code clickhouse:} store next to the least work that the server can do for such
 * rows, in the same run: an insert of ready RowBinary into the same table through the same client.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ClickHouseStoreBenchmark {
  static final int BATCH = 500;
  static final int EVENTS = 20;

  /** The test server, a store on it, and tables as the store's for raw inserts. */
  @State(Scope.Benchmark)
  public static class Server {
    private final String name = "bench" + Long.toHexString(ThreadLocalRandom.current().nextLong());

    TraceStore store;
    TraceStore rawTables;
    Client client;

    @Setup
    public void open() throws IOException {
      String uri = ClickHouseTestServer.start();
      store = TraceStores.open(uri + "/" + name);
      rawTables = TraceStores.open(uri + "/" + raw());
      client = rawTables.unwrap(Client.class);
    }

    private String raw() {
      return name + "_raw";
    }

    long insert(byte[] rows) throws ExecutionException, InterruptedException {
      return ClickHouseByHand.insert(client, raw(), rows);
    }

    @TearDown
    public void close() {
      store.close();
      client.queryAll("DROP DATABASE " + name);
      client.queryAll("DROP DATABASE " + raw());
      rawTables.close();
    }
  }

  /** Traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewBatch {
    List<FlowTrace> traces;

    @Setup(Level.Invocation)
    public void make() {
      traces = PostgresTraces.make(BATCH, EVENTS);
    }
  }

  /** The rows of such traces: rows that come again would be merged away, which is less work. */
  @State(Scope.Thread)
  public static class NewRows {
    byte[] rows;

    @Setup(Level.Invocation)
    public void make() {
      rows = ClickHouseRows.of(PostgresTraces.make(BATCH, EVENTS));
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

  /** 100,000 stored events. */
  @State(Scope.Benchmark)
  public static class Stored {
    @Param("5000")
    int filled;

    TraceId[] ids;

    @Setup
    public void fill(Server server) {
      List<FlowTrace> traces = PostgresTraces.make(filled, EVENTS);
      server.store.storeTraces(traces);
      ids = traces.stream().map(FlowTrace::traceId).toArray(TraceId[]::new);
    }

    TraceId any() {
      return ids[ThreadLocalRandom.current().nextInt(ids.length)];
    }
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTraces(Server server, NewBatch batch) {
    server.store.storeTraces(batch.traces);
  }

  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long insertRowBinaryByHand(Server server, NewRows ready)
      throws ExecutionException, InterruptedException {
    return server.insert(ready.rows);
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
  public List<FlowTrace> queryTheNewest20OfAFlow(Server server, Stored stored) {
    return server.store.queryTraces(
        TraceQuery.builder()
            .flowId("flow-" + ThreadLocalRandom.current().nextInt(50))
            .limit(20)
            .build());
  }
}
