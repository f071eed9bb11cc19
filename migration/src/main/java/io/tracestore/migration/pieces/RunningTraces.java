package io.tracestore.migration.pieces;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Traces of which only events are stored yet, as far as they are known. */
public interface RunningTraces {
  /** Their ids, and those of stored traces to which spans were added lately. */
  Set<TraceId> ids();

  /** The trace as it is now; empty if it is stored, or nothing is known of it. */
  Optional<FlowTrace> running(TraceId traceId);

  /** Those that match the filters of {@code query}, in no order. */
  List<FlowTrace> running(TraceQuery query);
}
