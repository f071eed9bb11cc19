package io.tracestore.spi;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts of the calls on one store object since it was opened, and the size of its data: a snapshot
 * that is taken while calls go on.
 *
 * @param write calls that store or delete
 * @param read calls that read by trace id
 * @param query calls that read by filter or add up, cursors excepted
 * @param batches sizes of the batches: traces per {@code storeTraces} call and events per {@code
 *     storeEvents} call
 * @param storageBytes bytes in use on disk or in memory, as the engine reports them or the store
 *     estimates them; -1 if not known
 * @param dataBytes bytes of {@code storageBytes} that live data occupy, so that removing every
 *     trace gives them back, now or later; -1 if not known
 * @param counters further counts by name that only grow, such as {@code evictedTraces}; each
 *     provider documents its own
 * @param gauges current values by name, such as {@code queuedWrites}; each provider documents its
 *     own
 */
public record StorageMetrics(
    Operations write,
    Operations read,
    Operations query,
    Distribution batches,
    long storageBytes,
    long dataBytes,
    Map<String, Long> counters,
    Map<String, Long> gauges) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BYTES_PER_MB = 1024.0 * 1024.0;

  public StorageMetrics {
    counters = sorted(counters);
    gauges = sorted(gauges);
  }

  private static Map<String, Long> sorted(Map<String, Long> values) {
    return Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /**
   * The distribution of numbers that are not negative. Percentiles are those of {@link
   * LatencyHistogram}: at most a sixteenth too high.
   *
   * @param count how many numbers
   * @param total their sum
   * @param max the greatest; 0 if there was none
   * @param p50 the median; 0 if there was none
   * @param p95 95 of 100 were at most that; 0 if there was none
   * @param p99 99 of 100 were at most that; 0 if there was none
   */
  public record Distribution(long count, long total, long max, long p50, long p95, long p99) {
    /** The distribution of no numbers. */
    public static final Distribution NONE = new Distribution(0, 0, 0, 0, 0, 0);
  }

  /**
   * Calls of one sort.
   *
   * @param nanos how long they took, in nanoseconds, the failed ones included
   * @param errorsByKind how many ended with which exception, by its simple class name
   */
  public record Operations(Distribution nanos, Map<String, Long> errorsByKind) {
    /** No calls. */
    public static final Operations NONE = new Operations(Distribution.NONE, Map.of());

    public Operations {
      errorsByKind = sorted(errorsByKind);
    }

    /** Calls that ended, the failed ones included. */
    public long count() {
      return nanos.count();
    }

    /** Calls that ended with an exception. */
    public long errors() {
      return errorsByKind.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Time spent in calls, in nanoseconds. */
    public long totalNanos() {
      return nanos.total();
    }

    /** The longest call, in nanoseconds. */
    public long maxNanos() {
      return nanos.max();
    }

    /** The average time of a call in milliseconds; 0 if there was none. */
    public double avgLatencyMs() {
      return count() == 0 ? 0 : totalNanos() / NANOS_PER_MILLI / count();
    }
  }

  /** The average time of a write in milliseconds; 0 if there was none. */
  public double avgWriteLatencyMs() {
    return write.avgLatencyMs();
  }

  /** The average time of a read by id in milliseconds; 0 if there was none. */
  public double avgReadLatencyMs() {
    return read.avgLatencyMs();
  }

  /** The average time of a query in milliseconds; 0 if there was none. */
  public double avgQueryLatencyMs() {
    return query.avgLatencyMs();
  }

  /** The storage in use in units of 1048576 bytes; negative if not known. */
  public double storageSizeMb() {
    return storageBytes < 0 ? -1 : storageBytes / BYTES_PER_MB;
  }
}
