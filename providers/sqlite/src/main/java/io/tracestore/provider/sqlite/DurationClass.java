package io.tracestore.provider.sqlite;

/**
 * Durations by their size: the number of bits in the nanoseconds. An index on it gives the traces
 * that took at least so long, newest first, from at most 64 places.
 */
final class DurationClass {
  static final int MAX = Long.SIZE;

  private DurationClass() {}

  /**
   * The class of a duration.
   *
   * @param nanos not negative, as an unsigned number: from 1677 to 2262 it takes all 64 bits
   */
  static int of(long nanos) {
    return Long.SIZE - Long.numberOfLeadingZeros(nanos);
  }
}
