package io.tracestore.opentelemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.KeyValue;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.common.ValueType;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.tracestore.migration.spans.TextRepair;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Spells the SDK's spans as the objects that OTLP's JSON has for them. What OTLP's protobuf leaves
 * out is absent: empty texts, empty lists and zeros. Not safe for several threads.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto">trace.proto</a>
 */
final class SpanObjects {
  private static final long HAS_IS_REMOTE = 0x100;
  private static final long IS_REMOTE = 0x200;

  private final TextRepair repair = new TextRepair();

  JsonObject resource(Resource resource) {
    return new Members().attributes(resource.getAttributes()).object();
  }

  JsonObject scope(InstrumentationScopeInfo scope) {
    String version = scope.getVersion();
    return new Members()
        .text("name", scope.getName())
        .text("version", version == null ? "" : version)
        .attributes(scope.getAttributes())
        .object();
  }

  JsonObject span(SpanData span) {
    return new Members()
        .text("traceId", span.getTraceId())
        .text("spanId", span.getSpanId())
        .text("parentSpanId", span.getParentSpanContext().isValid() ? span.getParentSpanId() : "")
        .text("traceState", traceState(span.getSpanContext().getTraceState()))
        .number("flags", flags(span.getSpanContext(), span.getParentSpanContext()))
        .text("name", span.getName())
        .text("kind", "SPAN_KIND_" + span.getKind().name())
        .text("startTimeUnixNano", Long.toString(span.getStartEpochNanos()))
        .text("endTimeUnixNano", Long.toString(span.getEndEpochNanos()))
        .attributes(span.getAttributes())
        .dropped(
            "droppedAttributesCount", span.getTotalAttributeCount(), span.getAttributes().size())
        .list("events", span.getEvents().stream().map(this::event).toList())
        .dropped("droppedEventsCount", span.getTotalRecordedEvents(), span.getEvents().size())
        .list("links", span.getLinks().stream().map(this::link).toList())
        .dropped("droppedLinksCount", span.getTotalRecordedLinks(), span.getLinks().size())
        .status(span.getStatus())
        .object();
  }

  /** Whether a text was repaired since this was last asked. */
  boolean takeRepaired() {
    return repair.take();
  }

  private JsonValue event(EventData event) {
    return new Members()
        .text("timeUnixNano", Long.toString(event.getEpochNanos()))
        .text("name", event.getName())
        .attributes(event.getAttributes())
        .dropped(
            "droppedAttributesCount", event.getTotalAttributeCount(), event.getAttributes().size())
        .object();
  }

  private JsonValue link(LinkData link) {
    SpanContext target = link.getSpanContext();
    return new Members()
        .text("traceId", target.getTraceId())
        .text("spanId", target.getSpanId())
        .text("traceState", traceState(target.getTraceState()))
        .number("flags", flags(target, target))
        .attributes(link.getAttributes())
        .dropped(
            "droppedAttributesCount", link.getTotalAttributeCount(), link.getAttributes().size())
        .object();
  }

  /** The flags of {@code context}, and whether {@code origin} came from another process. */
  private static long flags(SpanContext context, SpanContext origin) {
    return Byte.toUnsignedLong(context.getTraceFlags().asByte())
        | HAS_IS_REMOTE
        | (origin.isRemote() ? IS_REMOTE : 0);
  }

  /** The header {@code tracestate} of W3C's Trace Context. */
  private static String traceState(TraceState state) {
    List<String> entries = new ArrayList<>();
    state.forEach((key, value) -> entries.add(key + "=" + value));
    return String.join(",", entries);
  }

  // ---- attributes ----

  private JsonValue pair(String key, Object value, int depth) {
    return new Members().text("key", key).with("value", any(value, depth)).object();
  }

  /** The {@code AnyValue} of what an attribute holds, inside of {@code depth} others. */
  private JsonValue any(Object value, int depth) {
    return switch (value) {
      case String text -> any("stringValue", JsonValue.of(repair.check(text)));
      case Boolean flag -> any("boolValue", JsonValue.of(flag));
      case Long number -> any("intValue", JsonValue.of(number.toString()));
      case Double number -> any("doubleValue", fraction(number));
      case ByteBuffer bytes -> any("bytesValue", JsonValue.of(base64(bytes)));
      case List<?> elements -> any("arrayValue", values(elements, depth));
      case Value<?> pairs when pairs.getType() == ValueType.KEY_VALUE_LIST ->
          any("kvlistValue", values((List<?>) pairs.getValue(), depth));
      case Value<?> nested -> any(nested.getValue(), depth);
      case KeyValue member -> pair(member.getKey(), member.getValue(), depth);
      default -> new JsonObject(Map.of()); // an empty value
    };
  }

  private static JsonValue any(String kind, JsonValue value) {
    return new JsonObject(Map.of(kind, value));
  }

  private JsonValue values(List<?> elements, int depth) {
    if (depth == JsonValue.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "an attribute is nested deeper than %d levels".formatted(JsonValue.MAX_DEPTH));
    }
    List<JsonValue> values = new ArrayList<>(elements.size());
    for (Object element : elements) {
      values.add(any(element, depth + 1));
    }
    return new Members().list("values", values).object();
  }

  private static JsonValue fraction(double number) {
    return Double.isFinite(number) ? JsonValue.of(number) : JsonValue.of(Double.toString(number));
  }

  private static String base64(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.duplicate().get(copy);
    return Base64.getEncoder().encodeToString(copy);
  }

  /** Collects the fields of one object. */
  private final class Members {
    private final Map<String, JsonValue> members = new TreeMap<>();

    JsonObject object() {
      return new JsonObject(members);
    }

    Members with(String name, JsonValue value) {
      members.put(name, value);
      return this;
    }

    Members text(String name, String value) {
      return value.isEmpty() ? this : with(name, JsonValue.of(repair.check(value)));
    }

    Members number(String name, long value) {
      return value == 0 ? this : with(name, JsonValue.of(value));
    }

    Members list(String name, List<JsonValue> elements) {
      return elements.isEmpty() ? this : with(name, new JsonArray(elements));
    }

    Members dropped(String name, int recorded, int kept) {
      return number(name, Math.max(0, recorded - kept));
    }

    Members attributes(Attributes attributes) {
      List<JsonValue> pairs = new ArrayList<>(attributes.size());
      attributes.forEach((key, value) -> pairs.add(pair(key.getKey(), value, 0)));
      return list("attributes", pairs);
    }

    Members status(StatusData status) {
      JsonObject object =
          new Members()
              .text("code", "STATUS_CODE_" + status.getStatusCode().name())
              .text("message", status.getDescription())
              .object();
      return with("status", object);
    }
  }
}
