package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An upper bound of the bytes of traces and events in a block that is not compressed; roughly also
 * of their size as objects.
 */
final class Weight {
  /**
   * The bytes of the columns of fixed length, of an event's rows that list its actor and type, and
   * of objects.
   */
  private static final long EVENT = 1_000;

  /** The bytes of the three rows of a header. */
  private static final long HEADER = 2_000;

  /** A text or an id as an object, and its place in a column. */
  private static final long OBJECT = 64;

  private Weight() {}

  /** The weight of a header, without events. */
  static long ofHeader(FlowTrace trace) {
    // It is encoded three times, and names stand in columns beside.
    long texts = text(trace.flowId()) + OBJECT;
    var metadata = trace.metadata();
    texts += text(metadata.userId()) + text(metadata.sessionId()) + text(metadata.environment());
    texts += text(metadata.hostname()) + text(metadata.threadId());
    for (Map.Entry<String, String> tag : metadata.tags().entrySet()) {
      texts += 2 * OBJECT + text(tag.getKey()) + text(tag.getValue());
    }
    if (trace.status() instanceof io.tracestore.model.ExecutionStatus.Failed failed) {
      texts += text(failed.error());
    }
    return HEADER + 6 * texts;
  }

  /** The weight of an event, with the rows that list it. */
  static long ofEvent(TraceEvent event) {
    TraceEventData data = event.data();
    long bytes = EVENT + 2 * text(event.actorId()) + ofType(event.eventType());
    bytes += OBJECT * (3L + event.causality().dependencyChain().size());
    bytes += text(event.causality().spanId()) + text(data.port()) + text(data.error());
    MessageSnapshot message = data.message();
    if (message != null) {
      bytes += message.contentLength();
      bytes +=
          text(message.messageType()) + text(message.checksum()) + text(message.contentCodec());
    }
    StateDiff diff = data.stateDiff();
    if (diff != null) {
      bytes += diff.after().length() + (diff.before() == null ? 0 : diff.before().length());
    }
    for (Map.Entry<String, JsonValue> attribute : data.customAttributes().entrySet()) {
      bytes += OBJECT + text(attribute.getKey()) + ofJson(attribute.getValue());
    }
    return bytes;
  }

  private static long ofType(TraceEventType type) {
    long bytes = 2 * text(type.typeName());
    return type instanceof TraceEventType.DataFlow flow
        ? bytes + text(flow.toActor()) + text(flow.toPort())
        : bytes;
  }

  private static long ofJson(JsonValue value) {
    return switch (value) {
      case JsonValue.JsonNull none -> OBJECT;
      case JsonValue.JsonBoolean bool -> OBJECT;
      case JsonValue.JsonNumber number -> OBJECT + number.literal().length();
      case JsonValue.JsonString string -> OBJECT + json(string.value());
      case JsonValue.JsonArray array -> {
        long bytes = OBJECT;
        for (JsonValue element : array.elements()) {
          bytes += 1 + ofJson(element);
        }
        yield bytes;
      }
      case JsonValue.JsonObject object -> {
        long bytes = OBJECT;
        for (Map.Entry<String, JsonValue> member : object.members().entrySet()) {
          bytes += OBJECT + json(member.getKey()) + ofJson(member.getValue());
        }
        yield bytes;
      }
    };
  }

  /** The bytes of a text in UTF-8, or as an object if that takes more. */
  private static long text(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    long bytes = 8L + text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 0 : c < 0x800 ? 1 : 2;
    }
    return bytes;
  }

  /** The same with what JSON escapes. */
  private static long json(String text) {
    long bytes = text(text);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      bytes += c < ' ' ? 5 : c == '"' || c == '\\' ? 1 : 0;
    }
    return bytes;
  }
}
