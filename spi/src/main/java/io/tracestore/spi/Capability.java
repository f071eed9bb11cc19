package io.tracestore.spi;

/**
 * A property that some stores have and others lack. A store declares only those that it has as it
 * was opened.
 */
public enum Capability {
  /** Stored traces are still there when the store is closed and opened again. */
  PERSISTENT,
  /** A write that returned survives the sudden end (kill -9) of this process. */
  DURABLE,
  /** A trace whose write did not return is there whole or not at all. */
  ATOMIC,
  /** Several processes may use the same data at once. */
  SHARED,
  /** The store drops old data by design when a bound is reached or a time has passed. */
  EVICTING
}
