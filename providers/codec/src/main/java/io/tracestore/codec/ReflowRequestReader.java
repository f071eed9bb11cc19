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

/** Reads {@link ReflowRequest}s: the newer family first, as Reflow's own server does. */
final class ReflowRequestReader {
  private static final String WHAT = "a request of Reflow's protocol";

  private final JsonTokens json;
  private final JsonToModel model;

  private ReflowRequestReader(JsonTokens json) {
    this(json, new JsonToModel(json));
  }

  ReflowRequestReader(JsonTokens json, JsonToModel model) {
    this.json = json;
    this.model = model;
  }

  static ReflowRequest read(String text) {
    try {
      return ReflowJson.read(text, json -> new ReflowRequestReader(json).request());
    } catch (CorruptDataException e) {
      try {
        return ReflowJson.read(text, json -> new ReflowRequestReader(json).oldRequest());
      } catch (CorruptDataException older) {
        throw e;
      }
    }
  }

  private ReflowRequest request() {
    return json.tagged(WHAT, ReflowRequestReader::plain, this::detailed);
  }

  private static @Nullable ReflowRequest plain(String name) {
    return switch (name) {
      case "Ping" -> new ReflowRequest.Ping();
      case "Unsubscribe" -> new ReflowRequest.Unsubscribe();
      default -> null;
    };
  }

  private ReflowRequest detailed(String name) {
    return switch (name) {
      case "StartTrace" -> startTrace();
      case "RecordEvent" -> recordEvent();
      case "EndTrace" -> endTrace();
      case "GetTrace" -> getTrace();
      case "QueryTraces" -> queryTraces();
      case "GetFlowVersions" -> getFlowVersions();
      case "Subscribe" -> new ReflowRequest.Subscribe(filters("filters"));
      default -> throw unknown(name);
    };
  }

  private ReflowRequest oldRequest() {
    return json.tagged(
        WHAT,
        name -> name.equals("GetMetrics") ? new ReflowRequest.GetMetrics() : null,
        this::oldDetailed);
  }

  private ReflowRequest oldDetailed(String name) {
    return switch (name) {
      case "StoreTrace" -> storeTrace();
      case "GetTrace" -> oldGetTrace();
      case "QueryTraces" -> oldQueryTraces();
      case "Subscribe" -> new ReflowRequest.Subscribe(filters("filter"));
      default -> throw unknown(name);
    };
  }

  private CorruptDataException unknown(String name) {
    return json.wrong("unknown request \"" + Messages.oneLine(name, 60) + '"');
  }

  private ReflowRequest startTrace() {
    TraceId traceId = null;
    String flowId = null;
    FlowVersion version = null;
    JsonTokens.Fields fields = json.object(List.of("trace_id", "flow_id", "version"));
    while (fields.next()) {
      switch (fields.name()) {
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        case "flow_id" -> flowId = json.text();
        case "version" -> version = model.version();
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.StartTrace(
        traceId, fields.required("flow_id", flowId), fields.required("version", version));
  }

  ReflowRequest.RecordEvent recordEvent() {
    TraceId traceId = null;
    TraceEvent event = null;
    JsonTokens.Fields fields = json.object(List.of("trace_id", "event"));
    while (fields.next()) {
      switch (fields.name()) {
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        case "event" -> event = model.event();
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.RecordEvent(
        fields.required("trace_id", traceId), fields.required("event", event));
  }

  ReflowRequest.EndTrace endTrace() {
    TraceId traceId = null;
    ExecutionStatus status = null;
    JsonTokens.Fields fields = json.object(List.of("trace_id", "status"));
    while (fields.next()) {
      switch (fields.name()) {
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        case "status" -> status = model.status();
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.EndTrace(
        fields.required("trace_id", traceId), fields.required("status", status));
  }

  private ReflowRequest getTrace() {
    UUID requestId = null;
    TraceId traceId = null;
    JsonTokens.Fields fields = json.object(List.of("request_id", "trace_id"));
    while (fields.next()) {
      switch (fields.name()) {
        case "request_id" -> requestId = requestId();
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.GetTrace(requestId, fields.required("trace_id", traceId));
  }

  private ReflowRequest queryTraces() {
    UUID requestId = null;
    TraceQuery query = null;
    JsonTokens.Fields fields = json.object(List.of("request_id", "query"));
    while (fields.next()) {
      switch (fields.name()) {
        case "request_id" -> requestId = requestId();
        case "query" -> query = QueryJson.read(json);
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.QueryTraces(requestId, fields.required("query", query));
  }

  /** Parsed as the ids of the model are. */
  private UUID requestId() {
    return json.parsed(TraceId::of).value();
  }

  private ReflowRequest getFlowVersions() {
    String flowId = null;
    JsonTokens.Fields fields = json.object(List.of("flow_id"));
    while (fields.next()) {
      flowId = json.text();
    }
    return new ReflowRequest.GetFlowVersions(fields.required("flow_id", flowId));
  }

  private ReflowRequest storeTrace() {
    FlowTrace trace = null;
    JsonTokens.Fields fields = json.object(List.of("trace"));
    while (fields.next()) {
      trace = model.trace();
    }
    return new ReflowRequest.StoreTrace(fields.required("trace", trace));
  }

  private ReflowRequest oldGetTrace() {
    TraceId traceId = null;
    JsonTokens.Fields fields = json.object(List.of("trace_id"));
    while (fields.next()) {
      traceId = json.parsed(TraceId::of);
    }
    return new ReflowRequest.OldGetTrace(fields.required("trace_id", traceId));
  }

  private ReflowRequest oldQueryTraces() {
    TraceQuery query = null;
    JsonTokens.Fields fields = json.object(List.of("query"));
    while (fields.next()) {
      query = QueryJson.read(json);
    }
    return new ReflowRequest.OldQueryTraces(fields.required("query", query));
  }

  private ReflowRequest.Filters filters(String field) {
    ReflowRequest.Filters filters = null;
    JsonTokens.Fields fields = json.object(List.of(field));
    while (fields.next()) {
      filters = filters();
    }
    return fields.required(field, filters);
  }

  private ReflowRequest.Filters filters() {
    List<String> flowIds = null;
    List<String> actorIds = null;
    List<TraceEventType> eventTypes = null;
    List<ExecutionStatus> statuses = null;
    JsonTokens.Fields fields =
        json.object(List.of("flow_ids", "actor_ids", "event_types", "status_filter"));
    while (fields.next()) {
      switch (fields.name()) {
        case "flow_ids" -> flowIds = json.orNull(() -> json.list(json::text));
        case "actor_ids" -> actorIds = json.orNull(() -> json.list(json::text));
        case "event_types" -> eventTypes = json.orNull(() -> json.list(model::eventType));
        case "status_filter" -> statuses = json.orNull(() -> json.list(model::status));
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new ReflowRequest.Filters(flowIds, actorIds, eventTypes, statuses);
  }
}
