package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

/**
 * The {@link Baseline} of a backend, under the names that {@link StoreBenchmark} gives to the same
 * operations of the store.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx3g")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BaselineBenchmark {
  private static final int CHECKED = 100;

  /** For JMH. */
  public BaselineBenchmark() {}

  /** An engine with traces in it. */
  @State(Scope.Benchmark)
  public static class Engine {
    /** The store: a label of {@link Targets}, or a URI. */
    @Param({"mem:", "sqlite:"})
    public String uri;

    /** About how many events it holds before anything is measured. */
    @Param("10000")
    public int events;

    private Workload workload;
    private Scratch scratch;
    private Baseline baseline;
    private long preloaded;
    private final AtomicLong next = new AtomicLong();

    /** For JMH. */
    public Engine() {}

    /** Opens and fills it. */
    @Setup
    public void open() throws Exception {
      workload = Workload.load();
      String name = "raw_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
      scratch = Scratch.of(Targets.uri(uri), name);
      baseline = Baseline.open(scratch);
      preloaded = workload.tracesOf(events);
      while (next.get() < preloaded) {
        int count = (int) Math.min(StoreBenchmark.BATCH, preloaded - next.get());
        baseline.writing(workload.traces(next.getAndAdd(count), count)).call();
      }
    }

    /** Checks that the last that were written are there. */
    @TearDown
    public void close() throws Exception {
      for (long number = Math.max(0, next.get() - CHECKED); number < next.get(); number++) {
        Objects.requireNonNull(baseline.read(workload.id(number)), "what was written is there");
      }
      baseline.close();
      scratch.remove();
    }
  }

  /** A trace that no call has stored yet, prepared. */
  @State(Scope.Thread)
  public static class NewTrace {
    private Callable<?> writing;

    /** For JMH. */
    public NewTrace() {}

    /** Prepares it. */
    @Setup(Level.Invocation)
    public void make(Engine engine) {
      List<FlowTrace> traces = engine.workload.traces(engine.next.getAndIncrement(), 1);
      writing = engine.baseline.writing(traces);
    }
  }

  /** Traces that no call has stored yet, prepared. */
  @State(Scope.Thread)
  public static class NewTraces {
    private Callable<?> writing;

    /** For JMH. */
    public NewTraces() {}

    /** Prepares them. */
    @Setup(Level.Invocation)
    public void make(Engine engine) {
      int count = StoreBenchmark.BATCH;
      long from = engine.next.getAndAdd(count);
      writing = engine.baseline.writing(engine.workload.traces(from, count));
    }
  }

  /** The id of a stored trace. */
  @State(Scope.Thread)
  public static class Stored {
    private TraceId id;

    /** For JMH. */
    public Stored() {}

    /** Chooses it. */
    @Setup(Level.Invocation)
    public void choose(Engine engine) {
      id = engine.workload.id(ThreadLocalRandom.current().nextLong(engine.preloaded));
    }
  }

  /** Stores one trace and waits for it. */
  @Benchmark
  public Object storeTrace(NewTrace next) throws Exception {
    return next.writing.call();
  }

  /** Stores 500 traces together; an operation is a trace. */
  @Benchmark
  @OperationsPerInvocation(StoreBenchmark.BATCH)
  public Object storeTraces(NewTraces next) throws Exception {
    return next.writing.call();
  }

  /** Reads any trace. */
  @Benchmark
  public Object getTraceCold(Engine engine, Stored stored) throws Exception {
    return Objects.requireNonNull(engine.baseline.read(stored.id));
  }
}
