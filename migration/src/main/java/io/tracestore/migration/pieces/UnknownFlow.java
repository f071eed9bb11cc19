package io.tracestore.migration.pieces;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;

/** The flow of a trace of which only events came. */
public final class UnknownFlow {
  /** The name that Reflow's server writes where it knows none. */
  public static final String NAME = "unknown";

  /** The metadata of a trace whose program sent none about itself. */
  public static final TraceMetadata METADATA =
      TraceMetadata.builder().environment(NAME).hostname(NAME).build();

  private UnknownFlow() {}

  /** A running trace without its events; all callers get an equal one. */
  public static FlowTrace trace(TraceId traceId, Instant start) {
    return FlowTrace.builder(NAME)
        .traceId(traceId)
        .executionId(new ExecutionId(traceId.value()))
        .version(FlowVersion.of(0, 0, 0))
        .startTime(start)
        .status(ExecutionStatus.running())
        .metadata(METADATA)
        .build();
  }
}
