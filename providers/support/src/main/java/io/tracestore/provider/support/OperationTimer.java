package io.tracestore.provider.support;

import io.tracestore.spi.StorageMetrics;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the calls of one sort. Safe for many threads, which do not wait for each other.
 */
final class OperationTimer {
  private final LongAdder count = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private final LongAdder totalNanos = new LongAdder();
  private final LongAccumulator maxNanos = new LongAccumulator(Long::max, 0);

  <T extends @Nullable Object> T time(Supplier<T> call) {
    long start = System.nanoTime();
    boolean done = false;
    try {
      T result = call.get();
      done = true;
      return result;
    } finally {
      long nanos = System.nanoTime() - start;
      count.increment();
      totalNanos.add(nanos);
      maxNanos.accumulate(nanos);
      if (!done) {
        errors.increment();
      }
    }
  }

  StorageMetrics.Operations snapshot() {
    return new StorageMetrics.Operations(
        count.sum(), errors.sum(), totalNanos.sum(), maxNanos.get());
  }
}
