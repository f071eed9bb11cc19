package io.tracestore.bench;

import io.tracestore.bench.SqliteStoreBenchmark.Traces;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.chronicle.ChronicleConfig;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.sqlite.SqliteConfig;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
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
 * The {@code chronicle:} store beside a Chronicle Map that takes and gives the same bytes, one
 * entry for each trace and no index, and beside {@code sqlite:} and {@code mem:}.
 *
 * <p>By hand, a trace is either encoded and put, got and decoded, as the store has to; or only the
 * bytes, encoded before, are put and got.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-Xms2g", "-Xmx2g"})
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ChronicleStoreBenchmark {
  private static final int BATCH = 500;
  private static final int MOST_OF_MEM = 20_000;
  private static final int MAX_TRACES = 300_000;

  /** The measured stores. */
  public enum Place {
    CHRONICLE,
    CHRONICLE_OFF_HEAP,
    SQLITE,
    MEM;

    private TraceStore open(Path directory) {
      ChronicleConfig map =
          this == CHRONICLE_OFF_HEAP
              ? ChronicleConfig.offHeap()
              : ChronicleConfig.of(directory.resolve("traces.map"));
      return switch (this) {
        case CHRONICLE, CHRONICLE_OFF_HEAP ->
            map.maxTraces(MAX_TRACES).averageTraceBytes(3000).open();
        case SQLITE -> SqliteConfig.of(directory.resolve("traces.db")).open();
        case MEM -> MemoryConfig.of().maxTraces(MOST_OF_MEM).maxMemoryMb(1024).open();
      };
    }
  }

  /** A store; another one for each iteration, so that none gets full. */
  @State(Scope.Benchmark)
  public static class NewStore {
    @Param Place place;
    private Path directory;
    private TraceStore store;

    @Setup(Level.Iteration)
    public void open() throws IOException {
      directory = Files.createTempDirectory("chronicle-bench");
      store = place.open(directory);
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
      store.close();
      deleteAll(directory);
    }
  }

  /** The map alone. */
  @State(Scope.Benchmark)
  public static class NewMap {
    private Path directory;
    private ChronicleMap<byte[], byte[]> map;

    @Setup(Level.Iteration)
    public void open() throws IOException {
      directory = Files.createTempDirectory("chronicle-bench");
      map = openMap(directory);
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
      map.close();
      deleteAll(directory);
    }
  }

  /** Traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewTraces {
    private List<FlowTrace> traces;

    @Setup(Level.Invocation)
    public void make() {
      traces = Traces.make(BATCH);
    }
  }

  /** The same, encoded. */
  @State(Scope.Thread)
  public static class NewBytes {
    private List<byte[]> keys;
    private List<byte[]> values;

    @Setup(Level.Invocation)
    public void make() {
      List<FlowTrace> traces = Traces.make(BATCH);
      keys = traces.stream().map(trace -> key(trace.traceId())).toList();
      values = traces.stream().map(TraceBinary::encode).toList();
    }
  }

  /** One call for each trace, one thread. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTrace(NewStore to, NewTraces batch) {
    batch.traces.forEach(to.store::storeTrace);
  }

  /** One call for each trace, eight threads. */
  @Benchmark
  @Threads(8)
  @OperationsPerInvocation(BATCH)
  public void storeTraceFrom8Threads(NewStore to, NewTraces batch) {
    batch.traces.forEach(to.store::storeTrace);
  }

  /** Batches of 500. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTraces(NewStore to, NewTraces batch) {
    to.store.storeTraces(batch.traces);
  }

  /** By hand: encoded and put. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void encodeAndPutByHand(NewMap to, NewTraces batch) {
    for (FlowTrace trace : batch.traces) {
      to.map.put(key(trace.traceId()), TraceBinary.encode(trace));
    }
  }

  /** By hand: put, encoded before. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void putByHand(NewMap to, NewBytes batch) {
    for (int i = 0; i < BATCH; i++) {
      to.map.put(batch.keys.get(i), batch.values.get(i));
    }
  }

  /** A store with many traces. */
  @State(Scope.Benchmark)
  public static class FilledStore {
    @Param Place place;
    private Path directory;
    private TraceStore store;
    private List<TraceId> ids;

    @Param("20000")
    int filled;

    private int next;

    @Setup
    public void fill() throws IOException {
      directory = Files.createTempDirectory("chronicle-bench");
      store = place.open(directory);
      List<FlowTrace> traces = Traces.make(filled);
      store.storeTraces(traces);
      ids = traces.stream().map(FlowTrace::traceId).toList();
    }

    private TraceId next() {
      next = (next + 7919) % filled;
      return ids.get(next);
    }

    @TearDown
    public void close() throws IOException {
      store.close();
      deleteAll(directory);
    }
  }

  /** The map alone, with as many. */
  @State(Scope.Benchmark)
  public static class FilledMap {
    private Path directory;
    private ChronicleMap<byte[], byte[]> map;
    private List<byte[]> keys;

    @Param("20000")
    int filled;

    private int next;

    @Setup
    public void fill() throws IOException {
      directory = Files.createTempDirectory("chronicle-bench");
      map = openMap(directory);
      List<FlowTrace> traces = Traces.make(filled);
      traces.forEach(trace -> map.put(key(trace.traceId()), TraceBinary.encode(trace)));
      keys = traces.stream().map(trace -> key(trace.traceId())).toList();
    }

    private byte[] get() {
      next = (next + 7919) % filled;
      return Objects.requireNonNull(map.get(keys.get(next)));
    }

    @TearDown
    public void close() throws IOException {
      map.close();
      deleteAll(directory);
    }
  }

  /** One trace by its id. */
  @Benchmark
  public Optional<FlowTrace> getTrace(FilledStore from) {
    return from.store.getTrace(from.next());
  }

  /** By hand: got and decoded. */
  @Benchmark
  public FlowTrace getAndDecodeByHand(FilledMap from) {
    return TraceBinary.decode(from.get());
  }

  /** By hand: got only. */
  @Benchmark
  public byte[] getByHand(FilledMap from) {
    return from.get();
  }

  /** The newest 20 of one flow that failed. */
  @Benchmark
  public List<FlowTrace> queryTraces(FilledStore from) {
    return from.store.queryTraces(
        TraceQuery.builder().flowId("flow-10").failedWith("timeout").limit(20).build());
  }

  private static byte[] key(TraceId id) {
    return Uuids.toBytes(id.value());
  }

  private static ChronicleMap<byte[], byte[]> openMap(Path directory) throws IOException {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .entries(MAX_TRACES)
        .averageKeySize(16)
        .averageValueSize(3000)
        .putReturnsNull(true)
        .createPersistedTo(directory.resolve("raw.map").toFile());
  }

  private static void deleteAll(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
