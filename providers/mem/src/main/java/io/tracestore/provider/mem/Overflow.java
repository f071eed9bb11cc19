package io.tracestore.provider.mem;

/** Policy for a write that gives one trace more than {@code maxEventsPerTrace} events. */
public enum Overflow {
  /** It is refused with a {@link io.tracestore.spi.StoreCapacityException} and stores nothing. */
  REJECT,
  /** The trace keeps its newest events by time; what is dropped is counted in the metrics. */
  DROP_OLDEST
}
