package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.FlowTrace;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a stored trace, as far as a writer needs it.
 *
 * @param header its newest header; null if only events are stored
 * @param firstWrite the clock of its oldest row; it changes when the trace is removed and stored
 *     again
 * @param lastWrite the clock of its newest row, which new ones must surpass
 * @param hasEvents whether events are stored
 * @param days the partitions of its rows
 */
record StoredTrace(
    @Nullable FlowTrace header,
    long firstWrite,
    long lastWrite,
    boolean hasEvents,
    Set<Integer> days) {
  /** The state of a trace of which nothing is stored. */
  static final StoredTrace NONE = new StoredTrace(null, 0, 0, false, Set.of());

  StoredTrace {
    days = Set.copyOf(days);
  }
}
