package io.tracestore.provider.postgresql;

import io.tracestore.model.FlowTrace;
import java.util.List;

/**
 * Some whole traces in order, as many as a cursor holds at once.
 *
 * @param traces the traces; none only if there are none
 * @param isLast whether there is nothing behind them
 */
record TraceChunk(List<FlowTrace> traces, boolean isLast) {}
