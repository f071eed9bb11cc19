package io.tracestore.codec;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message that a Reflow program sends to the server that keeps its traces; {@link #read} takes
 * the JSON of both generations and of the older family.
 *
 * <p>Of two messages with one name the newer family's is tried first. Ids that a client may leave
 * out are null.
 */
public sealed interface ReflowRequest {
  /**
   * The request that {@code json} holds.
   *
   * @throws CorruptDataException if it holds none; it says where, and why
   */
  static ReflowRequest read(String json) {
    return ReflowRequestReader.read(json);
  }

  /**
   * Begins a trace.
   *
   * @param traceId null from a client of the first generation
   */
  record StartTrace(@Nullable TraceId traceId, String flowId, FlowVersion version)
      implements ReflowRequest {}

  /** Adds one event to a trace. */
  record RecordEvent(TraceId traceId, TraceEvent event) implements ReflowRequest {}

  /** Sets the status and the end of a trace. */
  record EndTrace(TraceId traceId, ExecutionStatus status) implements ReflowRequest {}

  /**
   * Asks for one trace.
   *
   * @param requestId stands in the answer; null if the client left it out
   */
  record GetTrace(@Nullable UUID requestId, TraceId traceId) implements ReflowRequest {}

  /**
   * Asks for traces.
   *
   * @param requestId stands in the answer; null if the client left it out
   */
  record QueryTraces(@Nullable UUID requestId, TraceQuery query) implements ReflowRequest {}

  /** Asks for the versions of a flow. */
  record GetFlowVersions(String flowId) implements ReflowRequest {}

  /** Asks for the events of others, as they are recorded. */
  record Subscribe(Filters filters) implements ReflowRequest {}

  /** Ends the subscription. */
  record Unsubscribe() implements ReflowRequest {}

  /** Asks for a sign of life. */
  record Ping() implements ReflowRequest {}

  /** Stores a whole trace; a message of the older family. */
  record StoreTrace(FlowTrace trace) implements ReflowRequest {}

  /** Asks for one trace; a message of the older family. */
  record OldGetTrace(TraceId traceId) implements ReflowRequest {}

  /** Asks for traces; a message of the older family. */
  record OldQueryTraces(TraceQuery query) implements ReflowRequest {}

  /** Asks for the server's numbers; a message of the older family. */
  record GetMetrics() implements ReflowRequest {}

  /**
   * The conditions on the events that a subscriber wants; null for no condition. All conditions
   * must hold.
   *
   * @param flowIds of flows with one of these ids
   * @param actorIds of actors with one of these ids
   * @param eventTypes of one of these types
   * @param statuses of traces with one of these statuses at the time
   */
  record Filters(
      @Nullable List<String> flowIds,
      @Nullable List<String> actorIds,
      @Nullable List<TraceEventType> eventTypes,
      @Nullable List<ExecutionStatus> statuses) {}
}
