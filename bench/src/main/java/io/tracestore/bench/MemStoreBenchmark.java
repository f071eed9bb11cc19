package io.tracestore.bench;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
import org.openjdk.jmh.annotations.Warmup;
import zipkin2.Span;
import zipkin2.storage.InMemoryStorage;
import zipkin2.storage.QueryRequest;
import zipkin2.storage.SpanConsumer;

/**
 * {@code mem:} beside Zipkin's {@code InMemoryStorage}: both hold at most 10,000 traces of 20
 * events (spans), the same in both.
 *
 * <p>A trace is made just before it is stored, as in an application, and is newer than all before.
 * The store is either full, so that each trace pushes the oldest out, or replaced by an empty one
 * before it gets full. Reading goes round all ids of a full store. One operation is one call.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 2,
    jvmArgsAppend = {"-Xms4g", "-Xmx4g"})
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 3)
public class MemStoreBenchmark {
  private static final int TRACES = 10_000;
  private static final int BATCH = 500;
  private static final int EVENTS = 20;
  private static final int MICROS_PER_EVENT = 150;
  private static final int MICROS_PER_TRACE = 4_000;
  private static final String[] ACTORS = {"gateway", "orders", "stock", "billing", "mail"};
  private static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  /** For JMH. */
  public MemStoreBenchmark() {}

  /** A {@code mem:} and the next traces for it. */
  @State(Scope.Thread)
  public static class MemWrites {
    /** Whether the store is full. */
    @Param({"false", "true"})
    boolean full;

    private int stored;
    private List<FlowTrace> next = List.of();
    private TraceStore store = openMem();

    /** For JMH. */
    public MemWrites() {}

    /** Fills the store. */
    @Setup
    public void fill() {
      if (full) {
        traces(stored, TRACES).forEach(store::storeTrace);
        stored += TRACES;
      }
    }

    /** Makes the next traces. */
    @Setup(Level.Invocation)
    public void make() {
      if (!full && stored % TRACES == 0) {
        store.close();
        store = openMem();
      }
      next = traces(stored, BATCH);
      stored += BATCH;
    }
  }

  /** The same for Zipkin. */
  @State(Scope.Thread)
  public static class ZipkinWrites {
    /** Whether the store is full. */
    @Param({"false", "true"})
    boolean full;

    private int stored;
    private List<List<Span>> next = List.of();
    private InMemoryStorage store = openZipkin();

    /** For JMH. */
    public ZipkinWrites() {}

    /** Fills the store. */
    @Setup
    public void fill() throws IOException {
      if (full) {
        accept(store, spans(traces(stored, TRACES)));
        stored += TRACES;
      }
    }

    /** Makes the next spans. */
    @Setup(Level.Invocation)
    public void make() {
      if (!full && stored % TRACES == 0) {
        store = openZipkin();
      }
      next = spans(traces(stored, BATCH));
      stored += BATCH;
    }
  }

  /** A full {@code mem:}. */
  @State(Scope.Benchmark)
  public static class MemReads {
    private final List<FlowTrace> traces = traces(0, TRACES);
    private final TraceStore store = openMem();
    private int next;

    /** For JMH. */
    public MemReads() {}

    /** Fills it. */
    @Setup
    public void fill() {
      traces.forEach(store::storeTrace);
    }

    private FlowTrace next() {
      next = next + 1 == TRACES ? 0 : next + 1;
      return traces.get(next);
    }
  }

  /** The same for Zipkin. */
  @State(Scope.Benchmark)
  public static class ZipkinReads {
    private final List<List<Span>> traces = spans(traces(0, TRACES));
    private final InMemoryStorage store = openZipkin();
    private int next;

    /** For JMH. */
    public ZipkinReads() {}

    /** Fills it. */
    @Setup
    public void fill() throws IOException {
      accept(store, traces);
    }

    private String next() {
      next = next + 1 == TRACES ? 0 : next + 1;
      return traces.get(next).getFirst().traceId();
    }
  }

  /** {@code storeTrace} of {@code mem:}. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public TraceStore storeTraceMem(MemWrites state) {
    TraceStore store = state.store;
    for (FlowTrace trace : state.next) {
      store.storeTrace(trace);
    }
    return store;
  }

  /** {@code accept} of Zipkin, one trace a call. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public InMemoryStorage storeTraceZipkin(ZipkinWrites state) throws IOException {
    accept(state.store, state.next);
    return state.store;
  }

  /** {@code getTrace} of {@code mem:}. */
  @Benchmark
  public Optional<FlowTrace> getTraceMem(MemReads state) {
    return state.store.getTrace(state.next().traceId());
  }

  /** {@code getTrace} of Zipkin. */
  @Benchmark
  public List<Span> getTraceZipkin(ZipkinReads state) throws IOException {
    return state.store.spanStore().getTrace(state.next()).execute();
  }

  /** The newest 20 of one actor in {@code mem:}. */
  @Benchmark
  public List<FlowTrace> queryMem(MemReads state) {
    return state.store.queryTraces(TraceQuery.builder().actor("stock").limit(20).build());
  }

  /** The newest 20 of one service in Zipkin. */
  @Benchmark
  public List<List<Span>> queryZipkin(ZipkinReads state) throws IOException {
    long end = START.toEpochMilli() + TRACES * MICROS_PER_TRACE / 1000 + 1000;
    QueryRequest request =
        QueryRequest.newBuilder().serviceName("stock").endTs(end).lookback(end).limit(20).build();
    return state.store.spanStore().getTraces(request).execute();
  }

  private static TraceStore openMem() {
    return MemoryConfig.of().maxTraces(TRACES).maxMemoryMb(2048).open();
  }

  private static InMemoryStorage openZipkin() {
    return InMemoryStorage.newBuilder().maxSpanCount(TRACES * EVENTS).build();
  }

  private static void accept(InMemoryStorage store, List<List<Span>> traces) throws IOException {
    SpanConsumer consumer = store.spanConsumer();
    for (List<Span> spans : traces) {
      consumer.accept(spans).execute();
    }
  }

  /** Traces of which ids and starts ascend with {@code from}. */
  private static List<FlowTrace> traces(int from, int count) {
    List<FlowTrace> traces = new ArrayList<>(count);
    for (int i = from; i < from + count; i++) {
      traces.add(trace(i));
    }
    return traces;
  }

  private static FlowTrace trace(int number) {
    Instant start = START.plusNanos(number * (MICROS_PER_TRACE * 1000L));
    FlowTrace.Builder trace =
        FlowTrace.builder("flow-" + number % 50)
            .startTime(start)
            .endTime(start.plusMillis(3))
            .status(
                number % 20 == 0 ? ExecutionStatus.failed("time out") : ExecutionStatus.completed())
            .metadata(TraceMetadata.builder().environment("production").hostname("host-1").build());
    EventId cause = EventId.random();
    EventId parent = cause;
    for (int i = 0; i < EVENTS; i++) {
      EventId id = i == 0 ? cause : EventId.random();
      TraceEventType type =
          i % 2 == 0 ? TraceEventType.ACTOR_STARTED : TraceEventType.ACTOR_COMPLETED;
      trace.event(
          TraceEvent.builder(type, ACTORS[i / 2 % ACTORS.length])
              .eventId(id)
              .timestamp(start.plusNanos(i * (MICROS_PER_EVENT * 1000L)))
              .data(TraceEventData.builder().executionTimeNs(i * 1000L).build())
              .causality(new CausalityInfo(i == 0 ? null : parent, cause, List.of(), "span-" + i))
              .build());
      parent = id;
    }
    return trace.build();
  }

  private static List<List<Span>> spans(List<FlowTrace> traces) {
    return traces.stream().map(ZipkinPeer::spans).toList();
  }
}
