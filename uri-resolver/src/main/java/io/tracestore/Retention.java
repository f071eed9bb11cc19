package io.tracestore;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreClosedException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Applies a {@link RetentionPolicy} to a store. For one thread, but for {@link #counters}. */
final class Retention implements Runnable {
  private static final System.Logger LOGGER = System.getLogger(RetentionPolicy.class.getName());

  private final TraceStore store;
  private final RetentionPolicy policy;
  private final InstantSource clock;
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder removed = new LongAdder();

  /** What was left after the last removal by size; the engine may give space back later. */
  private long sizeAfterRemoval;

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
    } catch (StoreClosedException e) {
      // It is over.
    } catch (RuntimeException e) {
      failures.increment();
      if (!Thread.currentThread().isInterrupted()) {
        LOGGER.log(Level.WARNING, "retention of {0} failed: {1}", store, e.getMessage());
      }
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
