package io.tracestore.provider.mem;

/** Policy for the trace that a full {@code mem:} store removes to make room for a write. */
public enum EvictionPolicy {
  /**
   * The one that was neither written nor read for the longest: {@code getTrace}, {@code getEvents}
   * and being in the result of a query count as reading, {@code count} does not.
   */
  LRU,
  /** The one that was first stored before all others. */
  FIFO,
  /** Any. */
  RANDOM,
  /** None: the write is refused with a {@link io.tracestore.spi.StoreCapacityException}. */
  NONE
}
