package io.tracestore.server.pieces;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.Optional;

/** Traces of which only events are stored yet, as far as they are known. */
public interface RunningTraces {
  /** The trace as it is now; empty if it is stored, or nothing is known of it. */
  Optional<FlowTrace> running(TraceId traceId);

  /** Those that match the filters of {@code query}, in no order. */
  List<FlowTrace> running(TraceQuery query);
}
