package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Every operation of any store, by its URI. Traces come from {@link Workload} and are made off the
 * clock; how many threads there are is said to JMH ({@code -t 16}).
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class StoreBenchmark {
  /** How many traces a batch has. */
  static final int BATCH = 500;

  private static final int HOT = 100;

  /** For JMH. */
  public StoreBenchmark() {}

  /** A store that is written to. */
  @State(Scope.Benchmark)
  public static class Written extends OpenedStore {
    /** For JMH. */
    public Written() {}

    /** Opens and fills it. */
    @Setup
    public void start() {
      open(true);
    }

    /** Checks and closes it. */
    @TearDown
    public void end() {
      close();
    }
  }

  /** A store that is only read. */
  @State(Scope.Benchmark)
  public static class ReadOnly extends OpenedStore {
    /** For JMH. */
    public ReadOnly() {}

    /** Opens and fills it. */
    @Setup
    public void start() {
      open(false);
    }

    /** Checks and closes it. */
    @TearDown
    public void end() {
      close();
    }
  }

  /** A trace that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewTrace {
    FlowTrace trace;

    /** For JMH. */
    public NewTrace() {}

    /** Makes it. */
    @Setup(Level.Invocation)
    public void make(Written written) {
      trace = written.workload.trace(written.next.getAndIncrement());
    }
  }

  /** Traces that no call has stored yet. */
  @State(Scope.Thread)
  public static class NewTraces {
    List<FlowTrace> traces = List.of();

    /** For JMH. */
    public NewTraces() {}

    /** Makes them. */
    @Setup(Level.Invocation)
    public void make(Written written) {
      traces = written.workload.traces(written.next.getAndAdd(BATCH), BATCH);
    }
  }

  /** The events of new traces in turn, each of a trace of which the header is stored. */
  @State(Scope.Thread)
  @SuppressWarnings("NullAway.Init") // the first trace is made by the first call
  public static class NewEvent {
    private @Nullable FlowTrace trace;
    private int position;
    TraceEvent event;
    TraceId traceId;

    /** For JMH. */
    public NewEvent() {}

    /** Takes the next. */
    @Setup(Level.Invocation)
    public void make(Written written) {
      if (trace == null || position == trace.events().size()) {
        checkLast(written);
        trace = written.workload.trace(written.next.getAndIncrement());
        written.store.storeTrace(trace.withEvents(List.of()));
        traceId = trace.traceId();
        position = 0;
      }
      event = trace.events().get(position++);
    }

    /** Checks that all events are there. */
    @TearDown(Level.Iteration)
    public void checkLast(Written written) {
      if (trace != null && written.store.getEvents(trace.traceId()).size() != position) {
        throw new IllegalStateException(
            "the store does not hold the %d events stored of %s".formatted(position, traceId));
      }
    }
  }

  /** A writer in the background. */
  @State(Scope.Thread)
  public static class Writer {
    TraceWriter writer;

    /** For JMH. */
    public Writer() {}

    /** Starts it. */
    @Setup(Level.Iteration)
    public void start(Written written) {
      writer = written.store.writer(WriterOptions.builder(new Refusing()).build());
    }

    /** Ends it, which is before its store ends; nothing may have been lost. */
    @TearDown(Level.Iteration)
    public void end() {
      writer.close();
      if (writer.metrics().lostItems() != 0) {
        throw new IllegalStateException("the writer lost " + writer.metrics());
      }
    }
  }

  /** Every loss fails the trial, when it is checked. */
  private static final class Refusing implements WriterListener {
    @Override
    public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
      throw cause;
    }

    @Override
    public void eventsNotWritten(
        TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
      throw cause;
    }
  }

  /** The ids of stored traces, each once before any comes again; in an order like a random one. */
  @State(Scope.Thread)
  public static class Cold {
    private long at;
    private long step;
    TraceId id;

    /** For JMH. */
    public Cold() {}

    /** Where to begin. */
    @Setup
    public void start(ReadOnly read) {
      at = ThreadLocalRandom.current().nextLong(read.preloaded);
      step = Math.max(1, Math.round(read.preloaded * 0.618));
      while (gcd(step, read.preloaded) != 1) {
        step++;
      }
    }

    private static long gcd(long a, long b) {
      return b == 0 ? a : gcd(b, a % b);
    }

    /** Takes the next. */
    @Setup(Level.Invocation)
    public void choose(ReadOnly read) {
      at = (at + step) % read.preloaded;
      id = read.workload.id(at);
    }
  }

  /** The ids of the same hundred traces. */
  @State(Scope.Thread)
  public static class Hot {
    private TraceId[] ids;
    private int at;

    /** For JMH. */
    public Hot() {}

    /** Chooses them. */
    @Setup
    public void start(ReadOnly read) {
      ids = new TraceId[(int) Math.min(HOT, read.preloaded)];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = read.any();
      }
    }

    TraceId next() {
      at = (at + 1) % ids.length;
      return ids[at];
    }
  }

  /** Queries with one filter. */
  @State(Scope.Benchmark)
  public static class Queries {
    /** By what. */
    @Param({"FLOW", "ACTOR"})
    public Filter filter;

    private TraceQuery[] queries;

    /** For JMH. */
    public Queries() {}

    /** Makes them; each finds something. */
    @Setup
    public void make(ReadOnly read) {
      int held = (int) Math.min(read.preloaded, read.workload.pool().size());
      queries = filter.queries(read.workload.pool().subList(0, held)).toArray(TraceQuery[]::new);
      for (TraceQuery query : queries) {
        if (read.store.queryTraces(query).isEmpty()) {
          throw new IllegalStateException("the store does not find " + query);
        }
      }
    }

    TraceQuery any() {
      return queries[ThreadLocalRandom.current().nextInt(queries.length)];
    }
  }

  /** The next call of a mixed load: a write, a query, or a read by id. */
  @State(Scope.Thread)
  public static class Mix {
    /** How many of a hundred calls read: of these, one in ten is a query, the rest by id. */
    @Param({"90", "50"})
    public int readPercent;

    @Nullable FlowTrace write;
    @Nullable TraceQuery query;
    TraceId read;

    /** For JMH. */
    public Mix() {}

    /** Decides. */
    @Setup(Level.Invocation)
    public void choose(Written written) {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      write = null;
      query = null;
      read = written.any();
      if (random.nextInt(100) >= readPercent) {
        write = written.workload.trace(written.next.getAndIncrement());
      } else if (random.nextInt(10) == 0) {
        List<FlowTrace> pool = written.workload.pool();
        String flow = pool.get(random.nextInt(pool.size())).flowId();
        query = TraceQuery.builder().flowId(flow).limit(20).build();
      }
    }
  }

  /** The size of a store per event. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Size {
    /** Bytes for each event; negative if the store does not know. */
    public double bytesPerEvent;

    /** For JMH. */
    public Size() {}
  }

  /** A filled store that is closed: not every store can be open twice. */
  @State(Scope.Benchmark)
  public static class Closed extends OpenedStore {
    private double bytesPerEvent;
    private @Nullable TraceStore reopened;

    /** For JMH. */
    public Closed() {}

    /** Fills and closes it. */
    @Setup
    public void start() {
      open(false);
      long stored = Math.round(preloaded * workload.eventsPerTrace());
      bytesPerEvent = (double) store.metrics().storageBytes() / stored;
      store.close();
    }

    /** Closes it after each time. */
    @TearDown(Level.Invocation)
    public void closeAgain() {
      if (reopened != null) {
        reopened.close();
      }
    }

    /** Checks it; what was in memory is filled in again. */
    @TearDown
    public void end() {
      refill();
      close();
    }
  }

  /** Stores one trace and waits for it. */
  @Benchmark
  public void storeTrace(Written written, NewTrace next) {
    written.store.storeTrace(next.trace);
  }

  /** Stores 500 traces with one call; an operation is a trace. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void storeTraces(Written written, NewTraces next) {
    written.store.storeTraces(next.traces);
  }

  /** Stores one event of a trace and waits for it. */
  @Benchmark
  public void storeEvent(Written written, NewEvent next) {
    written.store.storeEvent(next.traceId, next.event);
  }

  /** Hands 500 traces to a writer and waits until they are stored; an operation is a trace. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void writerWrite(Writer writer, NewTraces next) {
    for (FlowTrace trace : next.traces) {
      writer.writer.write(trace);
    }
    writer.writer.flush();
  }

  /** Reads one of the same hundred traces. */
  @Benchmark
  public FlowTrace getTraceHot(ReadOnly read, Hot hot) {
    return read.store.getTrace(hot.next()).orElseThrow();
  }

  /** Reads a trace that was not read before. */
  @Benchmark
  public FlowTrace getTraceCold(ReadOnly read, Cold cold) {
    return read.store.getTrace(cold.id).orElseThrow();
  }

  /** Reads the events of a trace. */
  @Benchmark
  public TraceEvent getEvents(ReadOnly read, Cold cold) {
    return read.store.getEvents(cold.id).getFirst();
  }

  /** The newest 20 traces that match one filter. */
  @Benchmark
  public List<FlowTrace> queryTraces(ReadOnly read, Queries queries) {
    return read.store.queryTraces(queries.any());
  }

  /** Reads everything through a cursor; an operation is the whole. */
  @Benchmark
  public long openCursor(ReadOnly read, Blackhole sink) {
    long traces = 0;
    try (TraceCursor cursor = read.store.openCursor(TraceQuery.ALL)) {
      while (cursor.hasNext()) {
        sink.consume(cursor.next());
        traces++;
      }
    }
    if (traces < read.preloaded) {
      throw new IllegalStateException("the cursor gave %d traces".formatted(traces));
    }
    return traces;
  }

  /** Adds up all events by minute, actor and type. */
  @Benchmark
  public List<EventMetrics> eventMetrics(ReadOnly read) {
    return read.store.eventMetrics(EventMetricsQuery.ALL);
  }

  /** The messages between all pairs of actors, over all events. */
  @Benchmark
  public List<ActorEdge> actorGraph(ReadOnly read) {
    return read.store.actorGraph(ActorGraphQuery.ALL);
  }

  /** Reads and writes in turn. */
  @Benchmark
  public Object mixed(Written written, Mix next) {
    if (next.write != null) {
      written.store.storeTrace(next.write);
      return next.write;
    }
    if (next.query != null) {
      return written.store.queryTraces(next.query);
    }
    return written.store.getTrace(next.read);
  }

  /** Opens the store; and what it takes on disk or in memory. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.MILLISECONDS)
  @Warmup(iterations = 2)
  @Measurement(iterations = 5)
  public TraceStore open(Closed closed, Size size) {
    size.bytesPerEvent = closed.bytesPerEvent;
    closed.reopened = closed.scratch.open();
    return closed.reopened;
  }
}
