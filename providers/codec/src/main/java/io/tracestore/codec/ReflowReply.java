package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * The JSON of the messages that a server sends to a Reflow program, each as one line. Safe for use
 * by many threads.
 */
public final class ReflowReply {
  /** The answer to a ping. */
  public static final String PONG = "\"Pong\"";

  /**
   * The acknowledgement of an event, the end of a trace, and the begin or end of a subscription.
   */
  public static final String RECORDED = "{\"EventRecorded\":{\"success\":true,\"error\":null}}";

  /** The kind of an error, by the name that Reflow gives it. */
  public enum ErrorCode {
    NOT_FOUND("NotFound"),
    INVALID_REQUEST("InvalidRequest"),
    STORAGE_ERROR("StorageError"),
    SERIALIZATION_ERROR("SerializationError"),
    UNAUTHORIZED("Unauthorized"),
    INTERNAL_ERROR("InternalError");

    private final String wireName;

    ErrorCode(String wireName) {
      this.wireName = wireName;
    }
  }

  private ReflowReply() {}

  /** The acknowledgement of a trace's begin. */
  public static String traceStarted(TraceId traceId) {
    return message("TraceStarted", json -> id(json, traceId));
  }

  /** The answer for an event that was not stored. */
  public static String notRecorded(String error) {
    return message(
        "EventRecorded",
        json -> {
          json.writeBooleanProperty("success", false);
          json.writeStringProperty("error", error);
        });
  }

  /** The answer to a question for one trace. */
  public static String traceData(UUID requestId, @Nullable FlowTrace trace) {
    return message(
        "TraceData",
        json -> {
          json.writeStringProperty("request_id", requestId.toString());
          trace(json, trace);
        });
  }

  /**
   * The answer to a query.
   *
   * @param totalCount how many traces match
   */
  public static String queryResults(UUID requestId, List<FlowTrace> traces, long totalCount) {
    return message(
        "QueryResults",
        json -> {
          json.writeStringProperty("request_id", requestId.toString());
          traces(json, traces);
          json.writeNumberProperty("total_count", totalCount);
        });
  }

  /** The answer to a question for the versions of a flow. */
  public static String flowVersions(List<FlowVersion> versions) {
    return message(
        "FlowVersions",
        json -> {
          json.writeArrayPropertyStart("versions");
          versions.forEach(new ModelToJson(json)::version);
          json.writeEndArray();
        });
  }

  /** An event that a subscriber asked for. */
  public static String eventNotification(TraceId traceId, TraceEvent event) {
    return message(
        "EventNotification",
        json -> {
          id(json, traceId);
          json.writeName("event");
          new ModelToJson(json).event(event);
        });
  }

  /** An error. */
  public static String error(ErrorCode code, String message) {
    return message(
        "Error",
        json -> {
          json.writeStringProperty("message", message);
          json.writeStringProperty("code", code.wireName);
        });
  }

  /** A trace is stored; a reply of the older family. */
  public static String traceStored(TraceId traceId) {
    return message("TraceStored", json -> id(json, traceId));
  }

  /** A trace that was asked for and exists; a reply of the older family. */
  public static String oldTraceData(FlowTrace trace) {
    return message("TraceData", json -> trace(json, trace));
  }

  /** The traces that match a query; a reply of the older family. */
  public static String tracesFound(List<FlowTrace> traces) {
    return message("TracesFound", json -> traces(json, traces));
  }

  /** The server's numbers; a reply of the older family. */
  public static String metrics(Map<String, JsonValue> data) {
    return message(
        "Metrics",
        json -> {
          json.writeName("data");
          new ModelToJson(json).value(new JsonValue.JsonObject(data));
        });
  }

  /** An error; a reply of the older family. */
  public static String oldError(String message) {
    return message("Error", json -> json.writeStringProperty("message", message));
  }

  private static String message(String name, Consumer<JsonGenerator> fields) {
    return ReflowJson.written(json -> {
      json.writeStartObject();
      json.writeObjectPropertyStart(name);
      fields.accept(json);
      json.writeEndObject();
      json.writeEndObject();
    });
  }

  private static void id(JsonGenerator json, TraceId traceId) {
    json.writeStringProperty("trace_id", traceId.toString());
  }

  private static void trace(JsonGenerator json, @Nullable FlowTrace trace) {
    json.writeName("trace");
    if (trace == null) {
      json.writeNull();
    } else {
      new ModelToJson(json).trace(trace);
    }
  }

  private static void traces(JsonGenerator json, List<FlowTrace> traces) {
    json.writeArrayPropertyStart("traces");
    traces.forEach(new ModelToJson(json)::trace);
    json.writeEndArray();
  }
}
