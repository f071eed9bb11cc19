package io.tracestore;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Applies a {@link RetentionPolicy} to a store. For one thread, but for {@link #counters} and
 * {@link #problem}.
 */
final class Retention implements Runnable {
  /** The part of the limit down to which is removed. */
  private static final double GOAL = 0.9;

  /** A removal of that much, by the average, may gain nothing: an engine counts in pages. */
  private static final long MIN_EXPECTED = 256 << 10;

  /** Where the search for the age of events without a trace begins. */
  private static final Duration OLDEST_EARLY = Duration.ofDays(1 << 14);

  /** Younger ones stay: their traces are about to come. */
  private static final Duration YOUNGEST_EARLY = Duration.ofMinutes(1);

  private final TraceStore store;
  private final RetentionPolicy policy;
  private final InstantSource clock;
  private final LongAdder runs = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder removed = new LongAdder();

  /** The size at which removing gained nothing the last time; 0 if it did. */
  private long stuckAt;

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
      problem = removeBySize();
    } catch (Throwable e) {
      failures.increment();
      String message = e instanceof TraceStoreException ? e.getMessage() : e.toString();
      problem = "old traces could not be removed: " + message;
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

  /**
   * Removes the oldest until the goal is reached, in steps: a step is half of what the average
   * trace lets expect, so that old traces larger than others do not take young ones with them.
   *
   * @return why the limit cannot be kept; null if it can
   */
  private @Nullable String removeBySize() {
    Long limit = policy.maxBytes();
    if (limit == null) {
      return null;
    }
    long size = size();
    if (size <= limit) {
      stuckAt = 0;
      return null;
    }
    if (stuckAt > 0 && size <= stuckAt) {
      return cannotKeep(limit, size);
    }
    long goal = (long) (GOAL * limit);
    size = removeEarlyEventsBeforeAllTraces(size);
    boolean gains = true;
    long expected = 0; // of what was removed since something was gained
    long step = 0;
    long gainPerTrace = 0;
    while (size > goal && (gains || size > limit)) {
      long traces = store.count(TraceQuery.ALL);
      if (traces == 0) {
        size = removeEarlyEvents(size, goal);
        break;
      }
      long average = Math.max(1, size / traces);
      long half = (size - goal) / 2 / Math.max(average, gainPerTrace);
      long most = gains && step > 0 ? 2 * step : traces / 128; // as nothing has shown a gain yet
      step = Math.max(1, Math.min(half, most));
      removeOldest(traces, step);
      long before = size;
      size = size();
      gains = size < before;
      gainPerTrace = gains ? (before - size) / step : 0;
      expected = gains ? 0 : expected + average * step;
      if (expected > Math.max(MIN_EXPECTED, size / 64)) {
        break;
      }
    }
    stuckAt = size > limit ? size : 0;
    return size > limit ? cannotKeep(limit, size) : null;
  }

  private static String cannotKeep(long limit, long size) {
    return "maxSize cannot be kept: removing traces gains nothing; the data take %d bytes, and %d are allowed"
        .formatted(size, limit);
  }

  /**
   * The size of the live data in bytes; the size of the whole storage if the store does not know
   * that.
   */
  private long size() {
    StorageMetrics metrics = store.metrics();
    return metrics.dataBytes() >= 0 ? metrics.dataBytes() : metrics.storageBytes();
  }

  /** Events without a trace that are older than every trace go first; the size afterwards. */
  private long removeEarlyEventsBeforeAllTraces(long size) {
    long traces = store.count(TraceQuery.ALL);
    Optional<FlowTrace> oldest = traces == 0 ? Optional.empty() : traceAt(traces - 1);
    if (oldest.isEmpty()) {
      return size;
    }
    removeBefore(oldest.get().startTime());
    return size();
  }

  /**
   * Removes events without a trace by age, the oldest first, when there are no traces; returns the
   * size afterwards.
   */
  private long removeEarlyEvents(long size, long goal) {
    long left = size;
    for (Duration age = OLDEST_EARLY;
        age.compareTo(YOUNGEST_EARLY) > 0 && left > goal;
        age = age.dividedBy(2)) {
      removeBefore(clock.instant().minus(age));
      left = size();
      if (store.count(TraceQuery.ALL) > 0) {
        break; // traces have come; they are looked at the next time
      }
    }
    return left;
  }

  /**
   * Removes the {@code number} oldest of {@code traces} traces, and events without a trace that are
   * older.
   */
  private void removeOldest(long traces, long number) {
    Optional<FlowTrace> newestToGo = traceAt(Math.max(0, traces - number));
    if (newestToGo.isEmpty()) {
      return;
    }
    Instant start = newestToGo.get().startTime();
    removeBefore(start);
    TraceQuery sameStart =
        TraceQuery.builder().startedFrom(start).startedTo(start).withEvents(false).build();
    removeTrace(newestToGo.get());
    try (TraceCursor cursor = store.openCursor(sameStart.after(newestToGo.get()))) {
      cursor.forEachRemaining(this::removeTrace);
    }
  }

  private void removeTrace(FlowTrace trace) {
    if (store.deleteTrace(trace.traceId())) {
      removed.increment();
    }
  }

  private Optional<FlowTrace> traceAt(long offset) {
    return store
        .queryTraces(TraceQuery.builder().offset(offset).limit(1).withEvents(false).build())
        .stream()
        .findFirst();
  }

  private void removeBefore(Instant cutoff) {
    removed.add(store.purgeBefore(cutoff));
  }

  /** The reason why the last run failed; null if it did not. */
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
