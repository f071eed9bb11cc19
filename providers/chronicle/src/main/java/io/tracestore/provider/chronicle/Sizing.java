package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreConfigurationException;

/**
 * How much a map takes.
 *
 * @param maxTraces how many traces
 * @param averageTraceBytes for how many bytes each, with its index entries, room is made
 * @param maxBloatFactor how many times that room there is in all
 */
record Sizing(long maxTraces, int averageTraceBytes, double maxBloatFactor) {
  /** The unit of allocation. */
  static final int CHUNK = 128;

  /** Small enough that the search for free chunks is short, large enough to fill evenly. */
  private static final long SEGMENT_BYTES = 16L << 20;

  private static final long SMALLEST_BYTES = 32L << 20;
  private static final int MOST_SEGMENTS = 4096;

  /** A trace has an entry of its own, and some in indexes that it shares with no other. */
  private static final int ENTRIES_PER_TRACE = 6;

  private static final int SMALLEST_ENTRIES = 50_000;

  /** What is not full yet when the average segment is so full: keys spread unevenly. */
  private static final double FILL = 0.85;

  private static final int ENTRY_OVERHEAD = 16;

  /** Whether {@code other} is at least as large in every respect. */
  boolean isCoveredBy(Sizing other) {
    return equals(other) || other.with(this).equals(other);
  }

  /** At least as much as this and {@code other} in every respect. */
  Sizing with(Sizing other) {
    return new Sizing(
        Math.max(maxTraces, other.maxTraces),
        Math.max(averageTraceBytes, other.averageTraceBytes),
        Math.max(maxBloatFactor, other.maxBloatFactor));
  }

  /** What the entries have in all; the file takes some percent more. */
  long totalBytes() {
    return SMALLEST_BYTES + (long) (maxBloatFactor * maxTraces * averageTraceBytes);
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

  private long chunks() {
    return chunksPerSegment() * segments();
  }

  private long entries() {
    return entriesPerSegment() * segments();
  }

  /** So many chunks may be in use before traces are refused. */
  long chunkLimit() {
    return (long) (FILL * chunks());
  }

  /** So many entries may be in use before traces are refused. */
  long entryLimit() {
    return (long) (FILL * entries());
  }

  /** How many chunks an entry takes. */
  static long chunksOf(Key key, byte[] value) {
    return (key.bytes().length + (long) value.length + ENTRY_OVERHEAD + CHUNK - 1) / CHUNK;
  }

  byte[] toBytes() {
    return new Output(32)
        .text(FORMAT)
        .i64(maxTraces)
        .i32(averageTraceBytes)
        .i64(Double.doubleToLongBits(maxBloatFactor))
        .toBytes();
  }

  /**
   * The first bytes of the value under {@link Key#meta()}: what the file holds, and its version.
   */
  static final String FORMAT = "tracestore 1";

  static Sizing read(byte[] bytes) {
    return Input.read(
        "the description of the file",
        bytes,
        in -> {
          String format = in.text();
          if (!format.equals(FORMAT)) {
            throw new StoreConfigurationException(
                "the file has format '%s', this release reads '%s'".formatted(format, FORMAT),
                null);
          }
          return new Sizing(in.i64(), in.i32(), Double.longBitsToDouble(in.i64()));
        });
  }
}
