package io.tracestore.spi;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one store object has done since it was opened, and how much it holds: a snapshot.
 *
 * @param write calls that store or delete
 * @param read calls that read by trace id
 * @param query calls that read by filter, cursors excepted
 * @param storageBytes bytes in use on disk or in memory, as the engine reports them or the store
 *     estimates them; -1 if not known
 * @param counters further counts by name, such as {@code evictedTraces}; each provider documents
 *     its own
 */
public record StorageMetrics(
    Operations write,
    Operations read,
    Operations query,
    long storageBytes,
    Map<String, Long> counters) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BYTES_PER_MB = 1024.0 * 1024.0;

  public StorageMetrics {
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
  }

  /**
   * Calls of one sort.
   *
   * @param count calls that ended, the failed ones included
   * @param errors calls that ended with an exception
   * @param totalNanos time spent in them, in nanoseconds
   * @param maxNanos the longest, in nanoseconds
   */
  public record Operations(long count, long errors, long totalNanos, long maxNanos) {
    /** The average time of a call in milliseconds; 0 if there was none. */
    public double avgLatencyMs() {
      return count == 0 ? 0 : totalNanos / NANOS_PER_MILLI / count;
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
