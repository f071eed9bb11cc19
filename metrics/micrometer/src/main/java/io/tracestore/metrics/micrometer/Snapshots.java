package io.tracestore.metrics.micrometer;

import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one store, asked for at most once in a second: each scrape reads many meters, and
 * asking may reach a server. Safe for many threads.
 */
final class Snapshots {
  private static final long FRESH_NANOS = 1_000_000_000;

  private final TraceStore store;
  private @Nullable StorageMetrics latest;
  private long latestNanos;

  Snapshots(TraceStore store) {
    this.store = store;
  }

  /** A value of the metrics; NaN if they cannot be had, as after a close. */
  double value(ToDoubleFunction<StorageMetrics> value) {
    StorageMetrics metrics = latest();
    return metrics == null ? Double.NaN : value.applyAsDouble(metrics);
  }

  private synchronized @Nullable StorageMetrics latest() {
    long now = System.nanoTime();
    if (latest == null || now - latestNanos > FRESH_NANOS) {
      try {
        latest = store.metrics();
      } catch (TraceStoreException e) {
        latest = null;
      }
      latestNanos = now;
    }
    return latest;
  }
}
