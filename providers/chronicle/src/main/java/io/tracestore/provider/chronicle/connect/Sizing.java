package io.tracestore.provider.chronicle.connect;

import io.tracestore.provider.chronicle.ChronicleConfig;
import io.tracestore.spi.config.StoreOption;

/**
 * The capacity of a map.
 *
 * @param maxTraces the number of traces
 * @param averageTraceBytes the bytes for which room is made per trace
 * @param maxBloatFactor the factor by which the whole room exceeds these
 */
public record Sizing(long maxTraces, int averageTraceBytes, double maxBloatFactor) {
  /**
   * The sizing with which an existing file is opened: the library then reads the real one in the
   * file.
   */
  static final Sizing SMALLEST = new Sizing(1, 1, 1);

  /** The unit of allocation. */
  public static final int CHUNK = 128;

  /** Small enough that the search for free chunks is short, large enough to fill evenly. */
  private static final long SEGMENT_BYTES = 16L << 20;

  private static final long SMALLEST_BYTES = 32L << 20;
  private static final int MOST_SEGMENTS = 4096;

  /** A trace has an entry for each write that is not put together with others yet. */
  private static final int ENTRIES_PER_TRACE = 4;

  private static final int SMALLEST_ENTRIES = 50_000;

  /** The highest fill of the average segment: keys spread unevenly, and no segment may be full. */
  private static final double FILL = 0.85;

  private static final int ENTRY_OVERHEAD = 16;

  /** This sizing, enlarged by what {@code wanted} has other than defaults. */
  Sizing enlargedBy(Sizing wanted) {
    return new Sizing(
        larger(ChronicleConfig.MAX_TRACES, maxTraces, wanted.maxTraces),
        larger(ChronicleConfig.AVERAGE_TRACE_BYTES, averageTraceBytes, wanted.averageTraceBytes),
        larger(ChronicleConfig.MAX_BLOAT_FACTOR, maxBloatFactor, wanted.maxBloatFactor));
  }

  private static <T extends Comparable<T>> T larger(StoreOption<T> option, T present, T wanted) {
    boolean isDefault = wanted.equals(option.defaultValue());
    return isDefault || wanted.compareTo(present) < 0 ? present : wanted;
  }

  /** The bytes for all entries; the file takes some percent more. */
  long totalBytes() {
    return SMALLEST_BYTES + (long) (maxBloatFactor * maxTraces * averageTraceBytes);
  }

  /** The bytes for which a disk must have room. */
  long fileBytes() {
    return totalBytes() + totalBytes() / 5;
  }

  int segments() {
    long segments = Long.highestOneBit(totalBytes() / SEGMENT_BYTES);
    return (int) Math.min(segments, MOST_SEGMENTS);
  }

  long chunksPerSegment() {
    return totalBytes() / CHUNK / segments();
  }

  long entriesPerSegment() {
    long entries = SMALLEST_ENTRIES + (long) (maxBloatFactor * maxTraces * ENTRIES_PER_TRACE);
    return Math.min(entries / segments(), chunksPerSegment());
  }

  /** The number of chunks in use from which on traces are refused. */
  public long chunkLimit() {
    return (long) (FILL * chunksPerSegment() * segments());
  }

  /** How many chunks an entry takes. */
  static long chunksOf(int keyBytes, int valueBytes) {
    return (keyBytes + (long) valueBytes + ENTRY_OVERHEAD + CHUNK - 1) / CHUNK;
  }

  /** As errors say it. */
  @Override
  public String toString() {
    return "a map for maxTraces=%d of averageTraceBytes=%d".formatted(maxTraces, averageTraceBytes);
  }
}
