package io.tracestore.provider.support;

import io.tracestore.spi.StorageMetrics.Distribution;
import io.tracestore.spi.analytics.LatencyHistogram;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts numbers by the classes of {@link LatencyHistogram}. Safe for many threads, which do not
 * wait for each other; what is recorded while a snapshot is made may be missing in a part of it.
 */
final class DistributionRecorder {
  /** One per class, made when it first occurs: few of them do. */
  private final AtomicReferenceArray<@Nullable LongAdder> counts =
      new AtomicReferenceArray<>(LatencyHistogram.CLASSES);

  private final LongAdder total = new LongAdder();
  private final LongAccumulator max = new LongAccumulator(Long::max, 0);

  void record(long value) {
    long counted = Math.max(value, 0);
    countOf(LatencyHistogram.classOf(counted)).increment();
    total.add(counted);
    max.accumulate(counted);
  }

  private LongAdder countOf(int latencyClass) {
    LongAdder known = counts.get(latencyClass);
    if (known != null) {
      return known;
    }
    LongAdder made = new LongAdder();
    LongAdder first = counts.compareAndExchange(latencyClass, null, made);
    return first != null ? first : made;
  }

  Distribution snapshot() {
    long greatest = max.get();
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 0; i < LatencyHistogram.CLASSES; i++) {
      LongAdder count = counts.get(i);
      long times = count == null ? 0 : count.sum();
      if (times > 0) {
        histogram.add(i, times, LatencyHistogram.highestOf(i));
      }
    }
    return new Distribution(
        histogram.count(),
        total.sum(),
        greatest,
        Math.min(histogram.percentile(50), greatest),
        Math.min(histogram.percentile(95), greatest),
        Math.min(histogram.percentile(99), greatest));
  }
}
