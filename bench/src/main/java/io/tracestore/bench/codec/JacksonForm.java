package io.tracestore.bench.codec;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.model.Uuids;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamFactory;

/**
 * The sample traces in a binary format of Jackson (CBOR, Smile): arrays instead of objects where
 * the order says what a value is, ids as bytes, times as numbers. Does what the samples need, no
 * more.
 */
final class JacksonForm {
  private final TokenStreamFactory factory;

  JacksonForm(TokenStreamFactory factory) {
    this.factory = factory;
  }

  byte[] encodeBody(TraceEvent event) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(256);
    try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      writeBody(json, event);
      json.writeEndArray();
    }
    return out.toByteArray();
  }

  TraceEvent decodeBody(byte[] bytes, EventId id, Instant timestamp, String actorId) {
    try (JsonParser json =
        factory.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
      json.nextToken();
      return readBody(json, id, timestamp, actorId);
    }
  }

  byte[] encode(FlowTrace trace) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
    try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartArray();
      json.writeBinary(Uuids.toBytes(trace.traceId().value()));
      json.writeBinary(Uuids.toBytes(trace.executionId().value()));
      json.writeString(trace.flowId());
      json.writeNumber(EpochNanos.of(trace.startTime()));
      json.writeNumber(trace.endTime() == null ? 0 : EpochNanos.of(trace.endTime()));
      json.writeString(trace.metadata().environment());
      json.writeString(trace.metadata().hostname());
      json.writeNumber(trace.metadata().processId());
      json.writeString(trace.metadata().threadId());
      json.writeString(trace.metadata().tags().getOrDefault("region", ""));
      for (TraceEvent event : trace.events()) {
        json.writeBinary(Uuids.toBytes(event.eventId().value()));
        json.writeNumber(EpochNanos.of(event.timestamp()));
        json.writeString(event.actorId());
        writeBody(json, event);
      }
      json.writeEndArray();
    }
    return out.toByteArray();
  }

  FlowTrace decode(byte[] bytes) {
    try (JsonParser json =
        factory.createParser(ObjectReadContext.empty(), bytes, 0, bytes.length)) {
      json.nextToken();
      TraceId traceId = new TraceId(Uuids.ofBytes(binary(json)));
      ExecutionId executionId = new ExecutionId(Uuids.ofBytes(binary(json)));
      FlowTrace.Builder trace =
          FlowTrace.builder(text(json))
              .traceId(traceId)
              .executionId(executionId)
              .startTime(EpochNanos.toInstant(whole(json)))
              .endTime(EpochNanos.toInstant(whole(json)))
              .status(ExecutionStatus.completed())
              .metadata(
                  TraceMetadata.builder()
                      .environment(text(json))
                      .hostname(text(json))
                      .processId(whole(json))
                      .threadId(text(json))
                      .tag("region", text(json))
                      .build());
      List<TraceEvent> events = new ArrayList<>();
      while (json.nextToken() != JsonToken.END_ARRAY) {
        EventId id = new EventId(Uuids.ofBytes(json.getBinaryValue()));
        Instant timestamp = EpochNanos.toInstant(whole(json));
        String actorId = text(json);
        events.add(readBody(json, id, timestamp, actorId));
      }
      return trace.events(events).build();
    }
  }

  private static void writeBody(JsonGenerator json, TraceEvent event) {
    TraceEventType type = event.eventType();
    json.writeString(type.typeName());
    if (type instanceof TraceEventType.DataFlow flow) {
      json.writeString(flow.toActor());
      json.writeString(flow.toPort());
    }
    MessageSnapshot message = event.data().message();
    if (message == null) {
      json.writeNull();
    } else {
      json.writeString(message.messageType());
      Bytes content = message.serializedData();
      json.writeBinary(content == null ? new byte[0] : content.toArray());
    }
    json.writeNumber(event.data().performanceMetrics().executionTimeNs().orElse(0));
    json.writeNumber(event.data().performanceMetrics().cpuUsagePercent().orElse(0f));
    json.writeStartObject();
    for (Map.Entry<String, JsonValue> entry : event.data().customAttributes().entrySet()) {
      json.writeName(entry.getKey());
      if (entry.getValue() instanceof JsonNumber number) {
        json.writeNumber(Long.parseLong(number.literal()));
      } else if (entry.getValue() instanceof JsonString string) {
        json.writeString(string.value());
      }
    }
    json.writeEndObject();
    CausalityInfo causality = event.causality();
    EventId parent = causality.parentEventId();
    if (parent == null) {
      json.writeNull();
    } else {
      json.writeBinary(Uuids.toBytes(parent.value()));
    }
    json.writeBinary(Uuids.toBytes(causality.rootCauseEventId().value()));
    json.writeString(causality.spanId());
  }

  private static TraceEvent readBody(
      JsonParser json, EventId id, Instant timestamp, String actorId) {
    String typeName = text(json);
    TraceEventType type =
        typeName.equals("DataFlow")
            ? TraceEventType.dataFlow(text(json), text(json))
            : TraceEventType.plain(typeName);
    MessageSnapshot message = null;
    if (json.nextToken() != JsonToken.VALUE_NULL) {
      String messageType = json.getString();
      message = MessageSnapshot.of(messageType, Bytes.of(binary(json)));
    }
    long executionTime = whole(json);
    json.nextToken();
    float cpuUsage = json.getFloatValue();
    Map<String, JsonValue> attributes = new LinkedHashMap<>();
    json.nextToken();
    for (String name = json.nextName(); name != null; name = json.nextName()) {
      boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
      attributes.put(
          name, isText ? JsonValue.of(json.getString()) : JsonValue.of(json.getLongValue()));
    }
    @Nullable EventId parent =
        json.nextToken() == JsonToken.VALUE_NULL
            ? null
            : new EventId(Uuids.ofBytes(json.getBinaryValue()));
    EventId root = new EventId(Uuids.ofBytes(binary(json)));
    PerformanceMetrics metrics = PerformanceMetrics.of(executionTime, 0, cpuUsage, 0, 0);
    return new TraceEvent(
        id,
        timestamp,
        type,
        actorId,
        new TraceEventData(null, message, null, null, metrics, attributes),
        new CausalityInfo(parent, root, List.of(), text(json)));
  }

  private static String text(JsonParser json) {
    json.nextToken();
    return json.getString();
  }

  private static long whole(JsonParser json) {
    json.nextToken();
    return json.getLongValue();
  }

  private static byte[] binary(JsonParser json) {
    json.nextToken();
    return json.getBinaryValue();
  }
}
