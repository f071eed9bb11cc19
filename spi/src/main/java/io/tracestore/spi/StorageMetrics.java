package io.tracestore.spi;

import io.tracestore.spi.analytics.LatencyHistogram;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts of the calls on one store object since it was opened, and the size of its data: a snapshot
 * that is taken while calls go on.
 */
public final class StorageMetrics {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double BYTES_PER_MB = 1024.0 * 1024.0;

  private final Operations write;
  private final Operations read;
  private final Operations query;
  private final Distribution batches;
  private final long storageBytes;
  private final long dataBytes;
  private final Map<String, Long> counters;
  private final Map<String, Long> gauges;

  private StorageMetrics(Builder builder) {
    write = builder.write;
    read = builder.read;
    query = builder.query;
    batches = builder.batches;
    storageBytes = builder.storageBytes;
    dataBytes = builder.dataBytes;
    counters = sorted(builder.counters);
    gauges = sorted(builder.gauges);
  }

  /** A builder for a store that counted nothing and does not know its size. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from these metrics. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.write = write;
    builder.read = read;
    builder.query = query;
    builder.batches = batches;
    builder.storageBytes = storageBytes;
    builder.dataBytes = dataBytes;
    builder.counters = counters;
    builder.gauges = gauges;
    return builder;
  }

  /** Calls that store or delete. */
  public Operations write() {
    return write;
  }

  /** Calls that read by trace id. */
  public Operations read() {
    return read;
  }

  /** Calls that read by filter or add up, cursors excepted. */
  public Operations query() {
    return query;
  }

  /**
   * Sizes of the batches: traces per {@code storeTraces} call and events per {@code storeEvents}
   * call.
   */
  public Distribution batches() {
    return batches;
  }

  /**
   * Bytes in use on disk or in memory, as the engine reports them or the store estimates them; -1
   * if not known.
   */
  public long storageBytes() {
    return storageBytes;
  }

  /**
   * Bytes of {@code storageBytes} that live data occupy, so that removing every trace gives them
   * back, now or later; -1 if not known.
   */
  public long dataBytes() {
    return dataBytes;
  }

  /**
   * Further counts by name that only grow, such as {@code evictedTraces}; each provider documents
   * its own.
   */
  public Map<String, Long> counters() {
    return counters;
  }

  /** Current values by name, such as {@code queuedWrites}; each provider documents its own. */
  public Map<String, Long> gauges() {
    return gauges;
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

  private List<Object> values() {
    return List.of(write, read, query, batches, storageBytes, dataBytes, counters, gauges);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof StorageMetrics metrics && values().equals(metrics.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  @Override
  public String toString() {
    return "StorageMetrics" + values();
  }

  /** Builds {@link StorageMetrics}; not safe for several threads. */
  public static final class Builder {
    private Operations write = Operations.NONE;
    private Operations read = Operations.NONE;
    private Operations query = Operations.NONE;
    private Distribution batches = Distribution.NONE;
    private long storageBytes = -1;
    private long dataBytes = -1;
    private Map<String, Long> counters = Map.of();
    private Map<String, Long> gauges = Map.of();

    private Builder() {}

    /** Sets calls that store or delete. */
    public Builder write(Operations write) {
      this.write = write;
      return this;
    }

    /** Sets calls that read by trace id. */
    public Builder read(Operations read) {
      this.read = read;
      return this;
    }

    /** Sets calls that read by filter or add up, cursors excepted. */
    public Builder query(Operations query) {
      this.query = query;
      return this;
    }

    /**
     * Sets sizes of the batches: traces per {@code storeTraces} call and events per {@code
     * storeEvents} call.
     */
    public Builder batches(Distribution batches) {
      this.batches = batches;
      return this;
    }

    /** Sets bytes in use on disk or in memory. */
    public Builder storageBytes(long storageBytes) {
      this.storageBytes = storageBytes;
      return this;
    }

    /**
     * Sets bytes of {@code storageBytes} that live data occupy, so that removing every trace gives
     * them back, now or later.
     */
    public Builder dataBytes(long dataBytes) {
      this.dataBytes = dataBytes;
      return this;
    }

    /** Sets further counts by name that only grow, such as {@code evictedTraces}. */
    public Builder counters(Map<String, Long> counters) {
      this.counters = counters;
      return this;
    }

    /** Sets current values by name, such as {@code queuedWrites}. */
    public Builder gauges(Map<String, Long> gauges) {
      this.gauges = gauges;
      return this;
    }

    /** The metrics. */
    public StorageMetrics build() {
      return new StorageMetrics(this);
    }
  }
}
