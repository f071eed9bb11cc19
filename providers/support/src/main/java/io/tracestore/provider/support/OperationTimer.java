package io.tracestore.provider.support;

import io.tracestore.spi.StorageMetrics;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times the calls of one sort. Safe for many threads, which do not wait for each other.
 */
final class OperationTimer {
  private final DistributionRecorder nanos = new DistributionRecorder();
  private final ConcurrentMap<String, LongAdder> errors = new ConcurrentHashMap<>();

  <T extends @Nullable Object> T time(Supplier<T> call) {
    long start = System.nanoTime();
    try {
      return call.get();
    } catch (RuntimeException | Error e) {
      errors.computeIfAbsent(e.getClass().getSimpleName(), kind -> new LongAdder()).increment();
      throw e;
    } finally {
      nanos.record(System.nanoTime() - start);
    }
  }

  StorageMetrics.Operations snapshot() {
    Map<String, Long> byKind = new HashMap<>();
    errors.forEach((kind, count) -> byKind.put(kind, count.sum()));
    return new StorageMetrics.Operations(nanos.snapshot(), byKind);
  }
}
