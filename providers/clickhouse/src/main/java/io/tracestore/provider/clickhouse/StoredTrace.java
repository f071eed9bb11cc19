package io.tracestore.provider.clickhouse;

import io.tracestore.model.FlowTrace;
import org.jspecify.annotations.Nullable;

/**
 * What a writer has to know of a trace that is there.
 *
 * @param header its newest header; null if only events are stored
 * @param lastWrite the clock of its newest row, which new ones must surpass
 * @param hasEvents whether events are stored
 */
record StoredTrace(@Nullable FlowTrace header, long lastWrite, boolean hasEvents) {
  /** What is known of a trace that is not there. */
  static final StoredTrace NONE = new StoredTrace(null, 0, false);
}
