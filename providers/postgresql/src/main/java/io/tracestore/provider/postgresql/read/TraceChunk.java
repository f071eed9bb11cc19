package io.tracestore.provider.postgresql.read;

import io.tracestore.model.FlowTrace;
import java.util.List;

/**
 * The whole traces that a cursor holds at once, in order.
 *
 * @param traces the traces; empty only at the end
 * @param isLast whether no trace follows
 */
public record TraceChunk(List<FlowTrace> traces, boolean isLast) {}
