package io.tracestore;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Applies a {@link RetentionPolicy} to a store. For one thread, but for {@link #counters} and
 * {@link #problem}.
 */
final class Retention implements Runnable {
  private final TraceStore store;
  private final RetentionPolicy policy;
  private final InstantSource clock;
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder removed = new LongAdder();

  /** What was left after the last removal by size; the engine may give space back later. */
  private long sizeAfterRemoval;

  private volatile @Nullable String problem;

  Retention(TraceStore store, RetentionPolicy policy, InstantSource clock) {
    this.store = store;
    this.policy = policy;
    this.clock = clock;
  }

  @Override
  public void run() {
    try {
      removeByAge();
      removeBySize();
      problem = null;
    } catch (RuntimeException e) {
      failures.increment();
      problem = "old traces could not be removed: " + e.getMessage();
    } finally {
      runs.increment();
    }
  }

  private void removeByAge() {
    Duration maxAge = policy.maxAge();
    if (maxAge != null) {
      Instant now = clock.instant();
      boolean keepsAll = Duration.between(EpochNanos.MIN, now).compareTo(maxAge) <= 0;
      removeBefore(keepsAll ? EpochNanos.MIN : now.minus(maxAge));
    }
  }

  private void removeBySize() {
    Long limit = policy.maxBytes();
    if (limit == null) {
      return;
    }
    long size = store.metrics().storageBytes();
    if (size <= limit) {
      sizeAfterRemoval = 0;
    } else if (size > sizeAfterRemoval) {
      removeShare(1 - 0.9 * limit / size);
      sizeAfterRemoval = store.metrics().storageBytes();
    }
  }

  /** Removes that share of the traces, the oldest. */
  private void removeShare(double share) {
    long traces = store.count(TraceQuery.ALL);
    long kept = traces - (long) Math.ceil(traces * share);
    List<FlowTrace> newestToGo =
        store.queryTraces(TraceQuery.builder().offset(kept).limit(1).withEvents(false).build());
    if (!newestToGo.isEmpty()) {
      Instant start = newestToGo.getFirst().startTime();
      removeBefore(start.plusNanos(1));
    }
  }

  private void removeBefore(Instant cutoff) {
    removed.add(store.purgeBefore(cutoff));
  }

  /** Why the last run failed; null if it did not. */
  @Nullable String problem() {
    return problem;
  }

  /**
   * {@code retentionRuns}, {@code retentionFailures} of them, and {@code retentionRemovedTraces}.
   */
  Map<String, Long> counters() {
    return Map.of(
        "retentionRuns", runs.sum(),
        "retentionFailures", failures.sum(),
        "retentionRemovedTraces", removed.sum());
  }
}
