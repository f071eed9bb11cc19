package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a writer has to know of a trace that is there.
 *
 * @param header its newest header; null if only events are stored
 * @param firstWrite the clock of its oldest row: another one once the trace was removed
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
  /** What is known of a trace that is not there. */
  static final StoredTrace NONE = new StoredTrace(null, 0, 0, false, Set.of());

  StoredTrace {
    days = Set.copyOf(days);
  }
}
