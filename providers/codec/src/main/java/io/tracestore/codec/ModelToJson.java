package io.tracestore.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNull;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Writes traces and events as Reflow's JSON, fields in Reflow's order, names of maps sorted. */
final class ModelToJson {
  private final JsonGenerator json;

  ModelToJson(JsonGenerator json) {
    this.json = json;
  }

  void trace(FlowTrace trace) {
    long unused = trace(trace, trace.events().iterator(), null);
  }

  /**
   * Writes the trace with other events; how many they were.
   *
   * @param mark the name of a first member, which is true; null for none
   */
  long trace(FlowTrace trace, Iterator<TraceEvent> events, @Nullable String mark) {
    long written = 0;
    json.writeStartObject();
    if (mark != null) {
      json.writeBooleanProperty(mark, true);
    }
    json.writeStringProperty("trace_id", trace.traceId().toString());
    json.writeStringProperty("flow_id", trace.flowId());
    json.writeStringProperty("execution_id", trace.executionId().toString());
    json.writeName("version");
    version(trace.version());
    json.writeStringProperty("start_time", trace.startTime().toString());
    json.writeStringProperty("end_time", text(trace.endTime()));
    json.writeName("status");
    status(trace.status());
    json.writeArrayPropertyStart("events");
    while (events.hasNext()) {
      event(events.next());
      written++;
    }
    json.writeEndArray();
    json.writeName("metadata");
    metadata(trace.metadata());
    json.writeEndObject();
    return written;
  }

  void version(FlowVersion version) {
    json.writeStartObject();
    json.writeNumberProperty("major", version.major());
    json.writeNumberProperty("minor", version.minor());
    json.writeNumberProperty("patch", version.patch());
    json.writeStringProperty("git_hash", version.gitHash());
    json.writeStringProperty("timestamp", version.timestamp().toString());
    json.writeEndObject();
  }

  void status(ExecutionStatus status) {
    if (status instanceof ExecutionStatus.Failed failed) {
      json.writeStartObject();
      json.writeObjectPropertyStart(status.kind().wireName());
      json.writeStringProperty("error", failed.error());
      json.writeEndObject();
      json.writeEndObject();
    } else {
      json.writeString(status.kind().wireName());
    }
  }

  void event(TraceEvent event) {
    json.writeStartObject();
    json.writeStringProperty("event_id", event.eventId().toString());
    json.writeStringProperty("timestamp", event.timestamp().toString());
    json.writeName("event_type");
    eventType(event.eventType());
    json.writeStringProperty("actor_id", event.actorId());
    json.writeName("data");
    data(event.data());
    json.writeName("causality");
    causality(event.causality());
    json.writeEndObject();
  }

  private void eventType(TraceEventType eventType) {
    switch (eventType) {
      case TraceEventType.Plain plain -> json.writeString(plain.typeName());
      case TraceEventType.DataFlow flow -> {
        json.writeStartObject();
        json.writeObjectPropertyStart("DataFlow");
        json.writeStringProperty("to_actor", flow.toActor());
        json.writeStringProperty("to_port", flow.toPort());
        json.writeEndObject();
        json.writeEndObject();
      }
      case TraceEventType.Custom custom -> {
        json.writeStartObject();
        json.writeStringProperty("Custom", custom.name());
        json.writeEndObject();
      }
    }
  }

  private void data(TraceEventData data) {
    json.writeStartObject();
    json.writeStringProperty("port", data.port());
    json.writeName("message");
    message(data.message());
    json.writeName("state_diff");
    stateDiff(data.stateDiff());
    json.writeStringProperty("error", data.error());
    json.writeName("performance_metrics");
    metrics(data.performanceMetrics());
    json.writeName("custom_attributes");
    object(data.customAttributes());
    json.writeEndObject();
  }

  private void message(@Nullable MessageSnapshot message) {
    if (message == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeStringProperty("message_type", message.messageType());
    json.writeNumberProperty("size_bytes", message.sizeBytes());
    json.writeStringProperty("checksum", message.checksum());
    if (message.serializedData() != null) { // Reflow reads no null here
      json.writeName("serialized_data");
      bytes(message.serializedData());
    }
    json.writeStringProperty("content_codec", message.contentCodec());
    json.writeNumberProperty("content_format_version", message.contentFormatVersion());
    json.writeName("stored_bytes");
    number(message.storedBytes());
    json.writeEndObject();
  }

  private void stateDiff(@Nullable StateDiff diff) {
    if (diff == null) {
      json.writeNull();
      return;
    }
    json.writeStartObject();
    json.writeName("before");
    bytes(diff.before());
    json.writeName("after");
    bytes(diff.after());
    json.writeStringProperty("diff_type", diff.diffType().wireName());
    json.writeEndObject();
  }

  private void bytes(@Nullable Bytes bytes) {
    if (bytes == null) {
      json.writeNull();
      return;
    }
    json.writeStartArray();
    for (int i = 0; i < bytes.length(); i++) {
      json.writeNumber(bytes.get(i) & 0xFF);
    }
    json.writeEndArray();
  }

  /** A value that was not measured is null, which no reader takes for zero. */
  private void metrics(PerformanceMetrics metrics) {
    json.writeStartObject();
    json.writeName("execution_time_ns");
    number(metrics.executionTimeNs());
    json.writeName("memory_usage_bytes");
    number(metrics.memoryUsageBytes());
    json.writeName("cpu_usage_percent");
    // Not through a double: the fewest digits that give the same float.
    metrics
        .cpuUsagePercent()
        .ifPresentOrElse(
            percent -> number(new JsonNumber(Float.toString(percent))), json::writeNull);
    json.writeName("queue_depth");
    number(metrics.queueDepth());
    json.writeName("throughput_msgs_per_sec");
    metrics
        .throughputMsgsPerSec()
        .ifPresentOrElse(rate -> number(JsonNumber.of(rate)), json::writeNull);
    json.writeEndObject();
  }

  private void number(OptionalLong value) {
    value.ifPresentOrElse(json::writeNumber, json::writeNull);
  }

  private void causality(CausalityInfo causality) {
    json.writeStartObject();
    json.writeStringProperty("parent_event_id", text(causality.parentEventId()));
    json.writeStringProperty("root_cause_event_id", causality.rootCauseEventId().toString());
    json.writeArrayPropertyStart("dependency_chain");
    for (EventId id : causality.dependencyChain()) {
      json.writeString(id.toString());
    }
    json.writeEndArray();
    json.writeStringProperty("span_id", causality.spanId());
    json.writeEndObject();
  }

  private void metadata(TraceMetadata metadata) {
    json.writeStartObject();
    json.writeStringProperty("user_id", metadata.userId());
    json.writeStringProperty("session_id", metadata.sessionId());
    json.writeStringProperty("environment", metadata.environment());
    json.writeStringProperty("hostname", metadata.hostname());
    json.writeNumberProperty("process_id", metadata.processId());
    json.writeStringProperty("thread_id", metadata.threadId());
    json.writeObjectPropertyStart("tags");
    metadata.tags().forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }

  void value(JsonValue value) {
    switch (value) {
      case JsonNull none -> json.writeNull();
      case JsonBoolean bool -> json.writeBoolean(bool.value());
      case JsonNumber number -> number(number);
      case JsonString string -> json.writeString(string.value());
      case JsonArray array -> {
        json.writeStartArray();
        array.elements().forEach(this::value);
        json.writeEndArray();
      }
      case JsonObject object -> object(object.members());
    }
  }

  private void object(Map<String, JsonValue> members) {
    json.writeStartObject();
    members.forEach((name, member) -> {
      json.writeName(name);
      value(member);
    });
    json.writeEndObject();
  }

  private void number(JsonNumber number) {
    json.writeNumber(number.literal());
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }
}
