package io.tracestore.bench;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.BaseTraceStore;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceQuery;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of counting and timing a call: a read from a store that holds nothing and does nothing
 * else, beside the two looks at the clock that any timing takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MetricsCostBenchmark {
  private final NothingStore store = new NothingStore();
  private final TraceId id = TraceId.random();

  @Benchmark
  public Optional<FlowTrace> timedCall() {
    return store.getTrace(id);
  }

  @Benchmark
  @Threads(8)
  public Optional<FlowTrace> timedCallOfEightThreads() {
    return store.getTrace(id);
  }

  @Benchmark
  public long clock() {
    long start = System.nanoTime();
    return System.nanoTime() - start;
  }

  @Benchmark
  public StorageMetrics snapshot() {
    return store.metrics();
  }

  /** Answers everything with nothing. */
  private static final class NothingStore extends BaseTraceStore {
    NothingStore() {
      super("nothing:");
    }

    @Override
    public Set<Capability> capabilities() {
      return Set.of();
    }

    @Override
    protected void doStoreTrace(FlowTrace trace) {}

    @Override
    protected void doStoreEvents(TraceId traceId, List<TraceEvent> events) {}

    @Override
    protected Optional<FlowTrace> doGetTrace(TraceId traceId) {
      return Optional.empty();
    }

    @Override
    protected List<TraceEvent> doGetEvents(TraceId traceId) {
      return List.of();
    }

    @Override
    protected List<FlowTrace> doQueryTraces(TraceQuery query, int limit) {
      return List.of();
    }

    @Override
    protected long doCount(TraceQuery query) {
      return 0;
    }

    @Override
    protected boolean doDeleteTrace(TraceId traceId) {
      return false;
    }

    @Override
    protected long doPurgeBefore(Instant cutoff) {
      return 0;
    }

    @Override
    protected String doHealthCheck(List<String> warnings) {
      return "nothing";
    }

    @Override
    protected long storageBytes() {
      return 0;
    }

    @Override
    protected void doClose() {}
  }
}
