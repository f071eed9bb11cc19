package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.TraceId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads messages of Reflow's protocol, as {@code {"Tag":{...}}}, from their first field's name on.
 */
final class ReflowMessages {
  private static final Set<String> WITH_TRACE = Set.of("TraceData", "StoreTrace");
  private static final Set<String> WITH_TRACES = Set.of("TracesFound", "QueryResults");
  private static final Set<String> RECORDING = Set.of("StartTrace", "RecordEvent", "EndTrace");

  /** Messages that say nothing of what a trace holds, and would be passed over among the others. */
  private static final Set<String> OTHERS =
      Set.of(
          "TraceStarted",
          "EventRecorded",
          "TraceStored",
          "GetTrace",
          "QueryTraces",
          "GetFlowVersions",
          "FlowVersions",
          "Subscribe",
          "EventNotification",
          "Metrics",
          "Error");

  private static final Set<String> SIGNALS = Set.of("Ping", "Pong", "Unsubscribe", "GetMetrics");

  private final JsonTokens json;
  private final JsonToModel model;
  private final ReflowRequestReader requests;
  private final RecordedFlows flows = new RecordedFlows();

  ReflowMessages(JsonTokens json, JsonToModel model) {
    this.json = json;
    this.model = model;
    this.requests = new ReflowRequestReader(json, model);
  }

  static boolean isMessage(String tag) {
    return WITH_TRACE.contains(tag)
        || RECORDING.contains(tag)
        || OTHERS.contains(tag)
        || holdsTraces(tag);
  }

  /** Whether a text that stands alone is a message; none of these says anything of a trace. */
  static boolean isSignal(String text) {
    return SIGNALS.contains(text);
  }

  /** Whether it has an array of traces. */
  static boolean holdsTraces(String tag) {
    return WITH_TRACES.contains(tag);
  }

  /** Moves to the beginning of the array of traces; false if there is none. */
  boolean enterTraces(String tag) {
    json.object(List.of(tag)).next();
    boolean found = json.object(List.of("traces")).next();
    return found && json.enterArray();
  }

  /** Reads a message; the trace that it holds or completes, if there is one. */
  Optional<FlowTrace> read(String tag) {
    json.object(List.of(tag)).next();
    return switch (tag) {
      case "TraceData", "StoreTrace" -> trace();
      case "StartTrace" -> start();
      case "RecordEvent" -> record();
      case "EndTrace" -> end();
      default -> Optional.empty();
    };
  }

  /** The next trace whose end was not recorded. */
  Optional<FlowTrace> rest() {
    return flows.endNext();
  }

  private Optional<FlowTrace> trace() {
    JsonTokens.Fields fields = json.object(List.of("trace"));
    return fields.next() ? Optional.ofNullable(json.orNull(model::trace)) : Optional.empty();
  }

  /** In a file the id may also be null, which a server does not take. */
  private Optional<FlowTrace> start() {
    TraceId traceId = null;
    String flowId = null;
    FlowVersion version = null;
    JsonTokens.Fields fields = json.object(List.of("trace_id", "flow_id", "version"));
    while (fields.next()) {
      switch (fields.name()) {
        case "trace_id" -> traceId = json.orNull(() -> json.parsed(TraceId::of));
        case "flow_id" -> flowId = json.text();
        case "version" -> version = model.version();
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return flows.start(
        traceId, fields.required("flow_id", flowId), fields.required("version", version));
  }

  private Optional<FlowTrace> record() {
    ReflowRequest.RecordEvent request = requests.recordEvent();
    flows.record(request.traceId(), request.event());
    return Optional.empty();
  }

  private Optional<FlowTrace> end() {
    ReflowRequest.EndTrace request = requests.endTrace();
    return flows.end(request.traceId(), request.status());
  }
}
