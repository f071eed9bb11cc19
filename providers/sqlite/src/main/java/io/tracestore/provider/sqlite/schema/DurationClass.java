package io.tracestore.provider.sqlite.schema;

/**
 * Classes of durations: the number of bits in the nanoseconds. An index on the class finds the
 * traces of a minimum duration, newest first, in at most 64 places.
 */
public final class DurationClass {
  public static final int MAX = Long.SIZE;

  private DurationClass() {}

  /**
   * The class of a duration.
   *
   * @param nanos not negative, as an unsigned number: from 1677 to 2262 it takes all 64 bits
   */
  public static int of(long nanos) {
    return Long.SIZE - Long.numberOfLeadingZeros(nanos);
  }
}
