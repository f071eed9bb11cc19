package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.Fields;
import io.tracestore.migration.spans.HexIds;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of OTLP's {@code Span} objects, spelled as in JSON, and of what stands around them.
 * Not safe for several threads.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto">trace.proto</a>
 */
public final class OtlpSpans {
  /** The kinds in the order of their numbers, from 1; 0 is "not specified". */
  static final List<String> KINDS = List.of("INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER");

  static final int STATUS_ERROR = 2;
  private static final int TRACE_ID_BYTES = 16;
  private static final int SPAN_ID_BYTES = 8;
  static final String KIND_PREFIX = "SPAN_KIND_";

  private Map<String, JsonValue> resource = Map.of();
  private @Nullable Map<String, JsonValue> resourceOther;
  private Map<String, Object> scope = Map.of();
  private final Map<String, JsonValue> resourceEntry = new LinkedHashMap<>();
  private final Map<String, JsonValue> scopeEntry = new LinkedHashMap<>();

  /** Forgets the last resource and scope. */
  void startResource() {
    resource = Map.of();
    resourceOther = null;
    resourceEntry.clear();
    startScope();
  }

  /** Forgets the last scope. */
  void startScope() {
    scope = Map.of();
    scopeEntry.clear();
  }

  /** An unknown field beside the resource of the next spans. */
  void resourceEntry(String name, JsonValue value) {
    resourceEntry.put(name, value);
  }

  /** An unknown field beside the scope of the next spans. */
  void scopeEntry(String name, JsonValue value) {
    scopeEntry.put(name, value);
  }

  /** Sets the resource of the next spans. */
  public void resource(JsonValue value) {
    Fields fields = Fields.of(value, "resource");
    resource = OtlpValues.members(fields, "attributes");
    resourceOther = fields.othersIfAny();
  }

  /** Sets the scope of the next spans: the library that recorded them. */
  public void scope(JsonValue value) {
    Fields fields = Fields.of(value, "scope");
    Map<String, Object> members = new LinkedHashMap<>();
    putIfSet(members, "name", fields.text("name"));
    putIfSet(members, "version", fields.text("version"));
    Map<String, JsonValue> attributes = OtlpValues.members(fields, "attributes");
    putIfSet(members, "attributes", attributes.isEmpty() ? null : attributes);
    putIfSet(members, "other", fields.othersIfAny());
    scope = members;
  }

  private static void putIfSet(Map<String, Object> members, String name, @Nullable Object value) {
    if (value != null) {
      members.put(name, value);
    }
  }

  /** {@link #span(JsonObject, boolean)} of texts that need no repair. */
  Span span(JsonObject object) {
    return span(object, false);
  }

  /**
   * The span that {@code object} is.
   *
   * @param isRepaired whether a text of it was repaired
   * @throws IllegalArgumentException if it is not valid; it names the field
   */
  public Span span(JsonObject object, boolean isRepaired) {
    Fields fields = new Fields(object.members(), "");
    String traceId =
        HexIds.traceId(
            "traceId", HexIds.fromBase64(fields.requiredText("traceId"), TRACE_ID_BYTES));
    String spanId =
        HexIds.spanId("spanId", HexIds.fromBase64(fields.requiredText("spanId"), SPAN_ID_BYTES));
    Span.Builder span = Span.builder(traceId, spanId);
    String parent = fields.text("parentSpanId");
    span.parentId(
        HexIds.parentId(
            "parentSpanId", parent == null ? null : HexIds.fromBase64(parent, SPAN_ID_BYTES)));
    Map<String, JsonValue> tags = OtlpValues.members(fields, "attributes");
    takeKept(tags, span);
    String service = text(resource.get("service.name"));
    span.name(fields.text("name"))
        .kind(kind(fields))
        .tags(tags)
        .service(service)
        .remoteService(text(tags.get("peer.service")))
        .place(service == null ? "" : service)
        .annotations(annotations(fields));
    setTimes(span, fields);
    setStatus(span, fields);
    span.own("repaired_text", isRepaired ? true : null);
    setOwn(span, fields);
    return span.build();
  }

  private static @Nullable String text(@Nullable JsonValue value) {
    return value instanceof JsonString text && !text.value().isEmpty() ? text.value() : null;
  }

  /** Takes the fields that an export kept in attributes because OTLP has no place for them. */
  private static void takeKept(Map<String, JsonValue> tags, Span.Builder span) {
    tags.entrySet()
        .removeIf(tag -> {
          boolean isKept = tag.getKey().startsWith(ImportedSpans.KEPT);
          if (isKept) {
            span.own(tag.getKey().substring(ImportedSpans.KEPT.length()), tag.getValue());
          }
          return isKept;
        });
  }

  private static @Nullable String kind(Fields fields) {
    if (fields.value("kind") instanceof JsonString name && !name.value().matches("\\d+")) {
      String kind =
          name.value().startsWith(KIND_PREFIX)
              ? name.value().substring(KIND_PREFIX.length())
              : name.value();
      return kind.equals("UNSPECIFIED") ? null : kind;
    }
    Long number = fields.whole("kind");
    if (number == null || number == 0) {
      return null;
    }
    return number <= KINDS.size() ? KINDS.get(number.intValue() - 1) : number.toString();
  }

  private static void setTimes(Span.Builder span, Fields fields) {
    Long start = zeroToNull(fields.time("startTimeUnixNano"));
    Long end = zeroToNull(fields.time("endTimeUnixNano"));
    keepInvalid(span, fields, "startTimeUnixNano", "start_time_invalid");
    keepInvalid(span, fields, "endTimeUnixNano", "end_time_invalid");
    span.timestamp(start);
    if (start != null && end != null && end >= start) {
      span.duration(end - start);
    } else if (end != null) {
      span.own("end_time_unix_nano", end);
    }
  }

  /** A time that makes no sense costs the time, and not the span. */
  private static void keepInvalid(Span.Builder span, Fields fields, String name, String own) {
    JsonValue told = fields.value(name);
    if (told != null && fields.time(name) == null) {
      span.own(own, told);
    }
  }

  /** OTLP writes 0 for a time that is not known. */
  private static @Nullable Long zeroToNull(@Nullable Long nanos) {
    return nanos == null || nanos == 0 ? null : nanos;
  }

  private static void setStatus(Span.Builder span, Fields fields) {
    Fields status = fields.object("status");
    if (status == null) {
      return;
    }
    String message = status.text("message");
    long code = statusCode(status);
    span.own("status_other", status.othersIfAny());
    if (code == STATUS_ERROR) {
      span.error(message == null ? "" : message);
    } else if (code != 0 || message != null) {
      Map<String, Object> kept = new LinkedHashMap<>();
      kept.put("code", code);
      putIfSet(kept, "message", message);
      span.own("status", kept);
    }
  }

  private static long statusCode(Fields status) {
    if (status.value("code") instanceof JsonString name) {
      switch (name.value()) {
        case "STATUS_CODE_UNSET" -> {
          return 0;
        }
        case "STATUS_CODE_OK" -> {
          return 1;
        }
        case "STATUS_CODE_ERROR" -> {
          return STATUS_ERROR;
        }
        default -> {
          // A number, or an error.
        }
      }
    }
    Long code = status.whole("code");
    return code == null ? 0 : code;
  }

  private void setOwn(Span.Builder span, Fields fields) {
    List<JsonValue> links = fields.list("links");
    span.own("trace_state", fields.text("traceState"))
        .own("flags", zeroToNull(fields.whole("flags")))
        .own("links", links.isEmpty() ? null : withHexIds(links))
        .own("dropped_attributes", zeroToNull(fields.whole("droppedAttributesCount")))
        .own("dropped_events", zeroToNull(fields.whole("droppedEventsCount")))
        .own("dropped_links", zeroToNull(fields.whole("droppedLinksCount")))
        .own("resource", resource.isEmpty() ? null : resource)
        .own("resource_other", resourceOther)
        .own("resource_entry", resourceEntry.isEmpty() ? null : resourceEntry)
        .own("scope_entry", scopeEntry.isEmpty() ? null : scopeEntry)
        .own("scope", scope.isEmpty() ? null : scope)
        .own("other", fields.othersIfAny());
  }

  /** Links as they are, with their ids in the digits that OTLP has for them. */
  private static JsonValue withHexIds(List<JsonValue> links) {
    List<JsonValue> all = new ArrayList<>();
    for (JsonValue each : links) {
      if (each instanceof JsonObject link) {
        Map<String, JsonValue> fields = new LinkedHashMap<>(link.members());
        fields.computeIfPresent("traceId", (name, id) -> hex(id, TRACE_ID_BYTES));
        fields.computeIfPresent("spanId", (name, id) -> hex(id, SPAN_ID_BYTES));
        all.add(new JsonObject(fields));
      } else {
        all.add(each);
      }
    }
    return new JsonArray(all);
  }

  private static JsonValue hex(JsonValue id, int bytes) {
    return id instanceof JsonString text
        ? JsonValue.of(HexIds.fromBase64(text.value(), bytes))
        : id;
  }

  private static List<Annotation> annotations(Fields span) {
    List<Annotation> annotations = new ArrayList<>();
    List<JsonValue> list = span.list("events");
    for (int i = 0; i < list.size(); i++) {
      int index = i;
      Fields event = Fields.of(list.get(i), () -> "events[%d]".formatted(index));
      Long time = zeroToNull(event.time("timeUnixNano"));
      String name = event.text("name");
      Map<String, JsonValue> tags = OtlpValues.members(event, "attributes");
      Map<String, JsonValue> own = new LinkedHashMap<>();
      Long dropped = zeroToNull(event.whole("droppedAttributesCount"));
      if (dropped != null) {
        own.put("dropped_attributes", JsonValue.of(dropped));
      }
      JsonValue told = event.value("timeUnixNano");
      if (told != null && event.time("timeUnixNano") == null) {
        own.put("time_invalid", told);
      }
      Map<String, JsonValue> others = event.othersIfAny();
      if (others != null) {
        own.put("other", JsonValue.object(others));
      }
      annotations.add(new Annotation(time, name == null ? "" : name, tags, own));
    }
    return annotations;
  }
}
