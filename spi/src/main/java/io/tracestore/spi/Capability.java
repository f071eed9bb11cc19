package io.tracestore.spi;

/** What a store does beyond what every store does; it says only what is true of it as opened. */
public enum Capability {
  /** What was stored is there when the store is opened again after a close. */
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
