package io.tracestore.codec;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * Queries as Reflow writes them. Filters that its TraceQuery does not have are in fields of our
 * own, written only where set; Reflow ignores them.
 */
final class QueryJson {
  private static final List<String> QUERY =
      List.of(
          "flow_id",
          "execution_id",
          "time_range",
          "status",
          "actor_filter",
          "limit",
          "offset",
          "started_from",
          "started_to",
          "status_kind",
          "actor",
          "event_type",
          "tags",
          "min_duration_ns",
          "max_duration_ns",
          "attributes",
          "has_attributes",
          "has_error",
          "error_containing",
          "port",
          "environment",
          "user_id",
          "session_id",
          "after",
          "with_events",
          "max_event_bytes");
  private static final List<String> POSITION = List.of("start_time", "trace_id");

  private QueryJson() {}

  static TraceQuery read(JsonTokens json) {
    TraceQuery.Builder query = TraceQuery.builder();
    JsonTokens.Fields fields = json.object(QUERY);
    while (fields.next()) {
      // null takes a filter away
      json.orNull(() -> {
        readField(json, fields, query);
        return query;
      });
    }
    return json.valid(query::build);
  }

  private static void readField(
      JsonTokens json, JsonTokens.Fields fields, TraceQuery.Builder query) {
    switch (fields.name()) {
      case "flow_id" -> query.flowId(json.text());
      case "execution_id" -> query.executionId(json.parsed(ExecutionId::of));
      case "time_range" -> readRange(json, query);
      case "status" -> query.status(new JsonToModel(json).status());
      case "actor_filter" -> query.actorContains(json.text());
      case "limit" -> query.limit(json.positiveInt());
      case "offset" -> query.offset(json.u63());
      case "started_from" -> query.startedFrom(json.instant());
      case "started_to" -> query.startedTo(json.instant());
      case "status_kind" -> query.status(json.parsed(QueryJson::statusKind));
      case "actor" -> query.actor(json.text());
      case "event_type" -> query.eventType(json.text());
      case "tags" -> json.map(json::text).forEach(query::tag);
      case "min_duration_ns" -> query.minDuration(Duration.ofNanos(json.u63()));
      case "max_duration_ns" -> query.maxDuration(Duration.ofNanos(json.u63()));
      case "attributes" -> json.map(json::value).forEach(query::attribute);
      case "has_attributes" -> json.list(json::text).forEach(query::hasAttribute);
      case "has_error" -> query.hasError(json.bool());
      case "error_containing" -> query.errorContaining(json.text());
      case "port" -> query.port(json.text());
      case "environment" -> query.environment(json.text());
      case "user_id" -> query.userId(json.text());
      case "session_id" -> query.sessionId(json.text());
      case "after" -> query.after(readPosition(json));
      case "with_events" -> query.withEvents(json.bool());
      case "max_event_bytes" -> query.maxEventBytes(json.u63());
      default -> throw JsonToModel.unlisted(fields);
    }
  }

  private static void readRange(JsonTokens json, TraceQuery.Builder query) {
    List<Instant> range = json.list(json::instant);
    if (range.size() != 2) {
      throw json.wrong("expected an array of two times, found " + range.size());
    }
    query.startedBetween(range.getFirst(), range.getLast());
  }

  private static ExecutionStatus.Kind statusKind(String name) {
    for (ExecutionStatus.Kind kind : ExecutionStatus.Kind.values()) {
      if (kind.wireName().equals(name)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown status \"" + Messages.oneLine(name, 60) + '"');
  }

  private static TraceQuery.Position readPosition(JsonTokens json) {
    Instant startTime = null;
    TraceId traceId = null;
    JsonTokens.Fields fields = json.object(POSITION);
    while (fields.next()) {
      switch (fields.name()) {
        case "start_time" -> startTime = json.instant();
        case "trace_id" -> traceId = json.parsed(TraceId::of);
        default -> throw JsonToModel.unlisted(fields);
      }
    }
    return new TraceQuery.Position(
        fields.required("start_time", startTime), fields.required("trace_id", traceId));
  }

  static void write(TraceQuery query, JsonGenerator json) {
    json.writeStartObject();
    writeReflowFields(query, json);
    writeOwnFields(query, json);
    json.writeEndObject();
  }

  private static void writeReflowFields(TraceQuery query, JsonGenerator json) {
    json.writeStringProperty("flow_id", query.flowId());
    json.writeStringProperty("execution_id", textOrNull(query.executionId()));
    json.writeName("time_range");
    if (query.startedFrom() != null && query.startedTo() != null) {
      json.writeStartArray();
      json.writeString(query.startedFrom().toString());
      json.writeString(query.startedTo().toString());
      json.writeEndArray();
    } else {
      json.writeNull();
    }
    json.writeName("status");
    ExecutionStatus status = exactStatus(query);
    if (status != null) {
      new ModelToJson(json).status(status);
    } else {
      json.writeNull();
    }
    json.writeStringProperty("actor_filter", query.actorContains());
    json.writeName("limit");
    if (query.limit() != null) {
      json.writeNumber(query.limit());
    } else {
      json.writeNull();
    }
    json.writeName("offset");
    if (query.offset() != 0) {
      json.writeNumber(query.offset());
    } else {
      json.writeNull();
    }
  }

  /** The status in Reflow's sense, where a failed one is always one of an exact error. */
  private static @Nullable ExecutionStatus exactStatus(TraceQuery query) {
    if (query.failedWith() != null) {
      return ExecutionStatus.failed(query.failedWith());
    }
    if (query.status() == null || query.status() == ExecutionStatus.Kind.FAILED) {
      return null;
    }
    return ExecutionStatus.of(query.status(), "");
  }

  private static void writeOwnFields(TraceQuery query, JsonGenerator json) {
    if (query.startedTo() == null) {
      writeIfSet(json, "started_from", textOrNull(query.startedFrom()));
    }
    if (query.startedFrom() == null) {
      writeIfSet(json, "started_to", textOrNull(query.startedTo()));
    }
    if (query.status() == ExecutionStatus.Kind.FAILED && query.failedWith() == null) {
      json.writeStringProperty("status_kind", query.status().wireName());
    }
    writeIfSet(json, "actor", query.actor());
    writeIfSet(json, "event_type", query.eventType());
    if (!query.tags().isEmpty()) {
      json.writeObjectPropertyStart("tags");
      for (Map.Entry<String, String> tag : query.tags().entrySet()) {
        json.writeStringProperty(tag.getKey(), tag.getValue());
      }
      json.writeEndObject();
    }
    if (query.minDuration() != null) {
      json.writeNumberProperty("min_duration_ns", query.minDuration().toNanos());
    }
    if (query.maxDuration() != null) {
      json.writeNumberProperty("max_duration_ns", query.maxDuration().toNanos());
    }
    writeEventDataFilters(query, json);
    writeIfSet(json, "environment", query.environment());
    writeIfSet(json, "user_id", query.userId());
    writeIfSet(json, "session_id", query.sessionId());
    TraceQuery.Position after = query.after();
    if (after != null) {
      json.writeObjectPropertyStart("after");
      json.writeStringProperty("start_time", after.startTime().toString());
      json.writeStringProperty("trace_id", after.traceId().toString());
      json.writeEndObject();
    }
    if (!query.withEvents()) {
      json.writeBooleanProperty("with_events", false);
    }
    if (query.maxEventBytes() != null) {
      json.writeNumberProperty("max_event_bytes", query.maxEventBytes());
    }
  }

  private static void writeEventDataFilters(TraceQuery query, JsonGenerator json) {
    if (!query.attributes().isEmpty()) {
      json.writeObjectPropertyStart("attributes");
      query
          .attributes()
          .forEach((key, value) -> {
            json.writeName(key);
            new ModelToJson(json).value(value);
          });
      json.writeEndObject();
    }
    if (!query.attributeKeys().isEmpty()) {
      json.writeArrayPropertyStart("has_attributes");
      query.attributeKeys().forEach(json::writeString);
      json.writeEndArray();
    }
    if (query.hasError()) {
      json.writeBooleanProperty("has_error", true);
    }
    writeIfSet(json, "error_containing", query.errorContaining());
    writeIfSet(json, "port", query.port());
  }

  private static void writeIfSet(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
  }

  private static @Nullable String textOrNull(@Nullable Object value) {
    return value == null ? null : value.toString();
  }
}
