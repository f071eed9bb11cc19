package io.tracestore.bench;

import io.tracestore.bench.SqliteStoreBenchmark.Traces;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.redis.RedisConfig;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of the {@code redis:} store next to the same keys written and read by hand, pipelined
 * over one connection of the same driver, with values that were encoded before.
 */
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RedisStoreBenchmark {
  private static final int MADE = 2_000;
  private static final int WRITERS = 16;

  /** Redis 6.2 in memory, a store, and a connection past it. */
  @State(Scope.Benchmark)
  public static class Server {
    private RedisByHand byHand;
    private TraceStore store;
    private final List<FlowTrace> traces = Traces.make(MADE);
    private List<RedisByHand.Encoded> encoded;

    @Setup
    public void start() throws IOException, InterruptedException, ExecutionException {
      RedisTestServer server = RedisTestServer.start();
      store = RedisConfig.of(server.address()).open();
      byHand = new RedisByHand("redis://" + server.address(), "raw:");
      encoded = traces.stream().map(byHand::encode).toList();
      store.storeTraces(traces);
      for (int i = 0; i < MADE; i++) {
        RedisByHand.await(byHand.write(encoded.get(i), traces.get(i).traceId()));
      }
    }

    TraceId id(int number) {
      return traces.get(number).traceId();
    }

    @TearDown
    public void stop() {
      store.close();
      byHand.close();
    }
  }

  /** The number of the next trace among those that were made before. */
  @State(Scope.Thread)
  public static class Turn {
    private int next = ThreadLocalRandom.current().nextInt(MADE);

    int next() {
      next = (next + 1) % MADE;
      return next;
    }
  }

  /** Traces of 20 events, each of 16 callers waiting for its own. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Threads(WRITERS)
  public void storeTraceFrom16Threads(Server server, Turn turn) {
    FlowTrace trace = server.traces.get(turn.next());
    server.store.storeTrace(trace.toBuilder().traceId(TraceId.random()).build());
  }

  /** The same keys, pipelined. */
  @Benchmark
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Threads(WRITERS)
  public void storeTraceFrom16ThreadsByHand(Server server, Turn turn)
      throws InterruptedException, ExecutionException {
    RedisByHand.await(server.byHand.write(server.encoded.get(turn.next()), TraceId.random()));
  }

  /** One trace of 20 events. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Optional<FlowTrace> getTrace(Server server, Turn turn) {
    return server.store.getTrace(server.id(turn.next()));
  }

  /** The same values, pipelined, not decoded. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public Object getTraceByHand(Server server, Turn turn)
      throws InterruptedException, ExecutionException {
    return Objects.requireNonNull(server.byHand.read(server.id(turn.next())));
  }

  /** The same values, pipelined and decoded. */
  @Benchmark
  @BenchmarkMode(Mode.SampleTime)
  public FlowTrace getTraceByHandDecoded(Server server, Turn turn)
      throws InterruptedException, ExecutionException {
    return Objects.requireNonNull(server.byHand.read(server.id(turn.next()))).decode();
  }
}
