package io.tracestore.codec;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The traces that a recorded conversation with Reflow's server describes: a start, events, an end.
 * As in that server, an event of an unknown trace makes one, of the flow "unknown", and a trace
 * without an end when the conversation ends is completed.
 *
 * <p>A client of the first generation names no trace when it starts one, and another in each event:
 * its events belong to the trace that was started last. That trace takes the id of its first event,
 * so that the same file gives the same traces each time.
 */
final class RecordedFlows {
  private static final String UNKNOWN = "unknown";
  private static final FlowVersion NO_VERSION = FlowVersion.of(0, 0, 0);

  private final Map<TraceId, Flow> open = new LinkedHashMap<>();
  private @Nullable Flow nameless;

  /** A trace that is being put together. */
  private record Flow(
      @Nullable TraceId id, String flowId, FlowVersion version, List<TraceEvent> events) {
    Flow(@Nullable TraceId id, String flowId, FlowVersion version) {
      this(id, flowId, version, new ArrayList<>());
    }

    /** Its times are those of its events: the messages have no others. */
    FlowTrace toTrace(TraceId traceId, ExecutionStatus status) {
      Instant start =
          events.stream()
              .map(TraceEvent::timestamp)
              .min(Instant::compareTo)
              .orElse(version.timestamp());
      Instant end =
          events.stream().map(TraceEvent::timestamp).max(Instant::compareTo).orElse(start);
      return FlowTrace.builder(flowId)
          .traceId(traceId)
          .executionId(new ExecutionId(traceId.value()))
          .version(version)
          .startTime(start)
          .endTime(status.kind().isTerminal() ? end : null)
          .status(status)
          .events(events)
          .build();
    }
  }

  /** Starts a trace; returns one that is complete because of it. */
  Optional<FlowTrace> start(@Nullable TraceId id, String flowId, FlowVersion version) {
    if (id != null) {
      open.putIfAbsent(id, new Flow(id, flowId, version));
      return Optional.empty();
    }
    Optional<FlowTrace> before = endNameless();
    nameless = new Flow(null, flowId, version);
    return before;
  }

  void record(TraceId id, TraceEvent event) {
    Flow current = nameless;
    if (current == null || open.containsKey(id)) {
      open.computeIfAbsent(id, unknown -> new Flow(unknown, UNKNOWN, NO_VERSION))
          .events()
          .add(event);
    } else if (current.id() == null) {
      nameless = new Flow(id, current.flowId(), current.version(), new ArrayList<>(List.of(event)));
    } else {
      current.events().add(event);
    }
  }

  /** The trace that ends; empty if it is not known. */
  Optional<FlowTrace> end(TraceId id, ExecutionStatus status) {
    Flow unnamed = nameless;
    if (unnamed != null && id.equals(unnamed.id())) {
      nameless = null;
      return Optional.of(unnamed.toTrace(id, status));
    }
    Flow flow = open.remove(id);
    return flow == null ? Optional.empty() : Optional.of(flow.toTrace(id, status));
  }

  /** One of the traces that have no end; empty if there is none left. */
  Optional<FlowTrace> endNext() {
    if (open.isEmpty()) {
      return endNameless();
    }
    return end(open.keySet().iterator().next(), ExecutionStatus.completed());
  }

  /**
   * Ends the trace that was started without an id. Without an event it still has none, and is left
   * out.
   */
  private Optional<FlowTrace> endNameless() {
    Flow flow = nameless;
    nameless = null;
    return flow == null || flow.id() == null
        ? Optional.empty()
        : Optional.of(flow.toTrace(flow.id(), ExecutionStatus.completed()));
  }
}
