package io.tracestore.spi.internal;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes a trace takes in memory: every part of it counts, each text with three bytes
 * a character as UTF-8 may need, so that no encoded form takes more. For bounds of what is held.
 */
public final class TraceWeight {
  /** A record or a box, with what refers to it. */
  private static final long OBJECT = 48;

  /** A text or an array, without its content. */
  private static final long HEAD = 48;

  private static final long HEADER = 400;
  private static final long EVENT = 400;
  private static final long ID = 56;
  private static final long ENTRY = 56;

  private TraceWeight() {}

  /** The memory that {@code trace} takes with its events, estimated in bytes. */
  public static long of(FlowTrace trace) {
    long weight = ofHeader(trace);
    for (TraceEvent event : trace.events()) {
      weight += of(event);
    }
    return weight;
  }

  /** The memory that {@code trace} takes without its events, estimated in bytes. */
  public static long ofHeader(FlowTrace trace) {
    TraceMetadata metadata = trace.metadata();
    long weight =
        HEADER
            + text(trace.flowId())
            + text(trace.version().gitHash())
            + text(metadata.userId())
            + text(metadata.sessionId())
            + text(metadata.environment())
            + text(metadata.hostname())
            + text(metadata.threadId());
    if (trace.status() instanceof ExecutionStatus.Failed failed) {
      weight += OBJECT + text(failed.error());
    }
    for (Map.Entry<String, String> tag : metadata.tags().entrySet()) {
      weight += ENTRY + text(tag.getKey()) + text(tag.getValue());
    }
    return weight;
  }

  /** The memory that {@code event} takes, estimated in bytes. */
  public static long of(TraceEvent event) {
    CausalityInfo causality = event.causality();
    return EVENT
        + text(event.actorId())
        + type(event.eventType())
        + text(causality.spanId())
        + ID * causality.dependencyChain().size()
        + data(event.data());
  }

  private static long type(TraceEventType type) {
    return switch (type) {
      case TraceEventType.Plain plain -> 0;
      case TraceEventType.DataFlow flow -> OBJECT + text(flow.toActor()) + text(flow.toPort());
      case TraceEventType.Custom custom -> OBJECT + text(custom.name());
    };
  }

  private static long data(TraceEventData data) {
    long weight = OBJECT + text(data.port()) + text(data.error());
    MessageSnapshot message = data.message();
    if (message != null) {
      weight += OBJECT + text(message.messageType()) + text(message.checksum());
      weight += bytes(message.serializedData());
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      weight += OBJECT + bytes(diff.before()) + bytes(diff.after());
    }
    return weight + members(data.customAttributes());
  }

  private static long members(Map<String, JsonValue> members) {
    long weight = 0;
    for (Map.Entry<String, JsonValue> member : members.entrySet()) {
      weight += ENTRY + text(member.getKey()) + json(member.getValue());
    }
    return weight;
  }

  private static long json(JsonValue value) {
    return OBJECT
        + switch (value) {
          case JsonValue.JsonNull nothing -> 0;
          case JsonValue.JsonBoolean truth -> 0;
          case JsonValue.JsonString text -> text(text.value());
          case JsonValue.JsonNumber number -> text(number.literal());
          case JsonValue.JsonObject object -> members(object.members());
          case JsonValue.JsonArray array ->
              array.elements().stream().mapToLong(TraceWeight::json).sum();
        };
  }

  private static long text(@Nullable String text) {
    return text == null ? 0 : HEAD + 3L * text.length();
  }

  private static long bytes(@Nullable Bytes bytes) {
    return bytes == null ? 0 : HEAD + bytes.length();
  }
}
