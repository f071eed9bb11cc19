package io.tracestore.migration;

import io.tracestore.spi.TraceQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a {@link StorageMigrator}.
 *
 * @param filter which traces; it sets no limit, offset or position
 * @param threads how many read and write at once, from 1 to 256
 * @param batchTraces the largest number of traces in one write, positive
 * @param batchBytes the approximate bytes of traces in one write of one thread, positive; a larger
 *     trace is written alone
 * @param dryRun true to read everything and write nothing
 * @param verify true to read both stores when all is moved, and compare
 * @param checkpoint a file that says how far the migration has come, made if it is not there; null
 *     for none
 * @param overlap how far before the last run's start a catch-up run goes back, not negative: as
 *     long as a trace may take from its start until it is stored
 * @param listener gets the progress
 */
public record MigrationOptions(
    TraceQuery filter,
    int threads,
    int batchTraces,
    long batchBytes,
    boolean dryRun,
    boolean verify,
    @Nullable Path checkpoint,
    Duration overlap,
    MigrationListener listener) {
  /** All traces, without a checkpoint. */
  public static final MigrationOptions DEFAULT = builder().build();

  private static final int MAX_THREADS = 256;

  public MigrationOptions {
    Objects.requireNonNull(filter, "filter");
    Objects.requireNonNull(overlap, "overlap");
    Objects.requireNonNull(listener, "listener");
    if (filter.limit() != null || filter.offset() != 0 || filter.after() != null) {
      throw new IllegalArgumentException("filter must not set a limit, an offset or a position");
    }
    if (threads < 1 || threads > MAX_THREADS) {
      throw new IllegalArgumentException("threads must be between 1 and 256: " + threads);
    }
    if (batchTraces <= 0) {
      throw new IllegalArgumentException("batchTraces must be positive: " + batchTraces);
    }
    if (batchBytes <= 0) {
      throw new IllegalArgumentException("batchBytes must be positive: " + batchBytes);
    }
    if (overlap.isNegative() || overlap.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("overlap must be between 0 and 292 years: " + overlap);
    }
  }

  /** A builder with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MigrationOptions}; not safe for several threads. */
  public static final class Builder {
    private TraceQuery filter = TraceQuery.ALL;
    private int threads = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
    private int batchTraces = 500;
    private long batchBytes;
    private boolean dryRun;
    private boolean verify;
    private @Nullable Path checkpoint;
    private Duration overlap = Duration.ofHours(1);
    private MigrationListener listener = MigrationListener.NONE;

    private Builder() {}

    /** Sets the filter of the traces to move; all if not set. */
    public Builder filter(TraceQuery filter) {
      this.filter = filter;
      return this;
    }

    /** How many read and write at once; as many as there are processors, 2 to 8, if not set. */
    public Builder threads(int threads) {
      this.threads = threads;
      return this;
    }

    /** Sets the largest number of traces in one write; 500 if not set. */
    public Builder batchTraces(int batchTraces) {
      this.batchTraces = batchTraces;
      return this;
    }

    /**
     * Sets the approximate bytes of traces in one write; if not set, 16 MiB, or less if the writes
     * of all threads would take more than a sixteenth of the heap.
     */
    public Builder batchBytes(long batchBytes) {
      this.batchBytes = batchBytes;
      return this;
    }

    /** Read everything, write nothing. */
    public Builder dryRun(boolean dryRun) {
      this.dryRun = dryRun;
      return this;
    }

    /** Compare both stores at the end. */
    public Builder verify(boolean verify) {
      this.verify = verify;
      return this;
    }

    /** The file that says how far the migration has come; null for none. */
    public Builder checkpoint(@Nullable Path checkpoint) {
      this.checkpoint = checkpoint;
      return this;
    }

    /** How far before the last run's start a catch-up run goes back; one hour if not set. */
    public Builder overlap(Duration overlap) {
      this.overlap = overlap;
      return this;
    }

    /** Sets the listener that gets the progress; none by default. */
    public Builder listener(MigrationListener listener) {
      this.listener = listener;
      return this;
    }

    /**
     * The options.
     *
     * @throws IllegalArgumentException if a value is not valid
     */
    public MigrationOptions build() {
      long heapShare = Runtime.getRuntime().maxMemory() / 16 / Math.max(threads, 1);
      return new MigrationOptions(
          filter,
          threads,
          batchTraces,
          batchBytes != 0 ? batchBytes : Math.min(16 << 20, heapShare),
          dryRun,
          verify,
          checkpoint,
          overlap,
          listener);
    }
  }
}
