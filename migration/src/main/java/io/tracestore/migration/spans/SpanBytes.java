package io.tracestore.migration.spans;

import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/**
 * Spans as bytes, in one spelling: two spans that mean the same become the same bytes, however they
 * were written in their files.
 */
final class SpanBytes {
  private SpanBytes() {}

  static byte[] write(Span span) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JsonTree.FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(json, span);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Span span) {
    json.writeStartObject();
    json.writeStringProperty("trace", span.traceId());
    json.writeStringProperty("id", span.id());
    text(json, "parent", span.parentId());
    text(json, "kind", span.kind());
    text(json, "name", span.name());
    number(json, "timestamp", span.timestamp());
    number(json, "duration", span.duration());
    text(json, "service", span.service());
    text(json, "remote", span.remoteService());
    text(json, "place", span.place());
    text(json, "error", span.error());
    if (span.shared()) {
      text(json, "shared", "");
    }
    json.writeName("annotations");
    json.writeStartArray();
    span.annotations().forEach(annotation -> write(json, annotation));
    json.writeEndArray();
    members(json, "tags", span.tags());
    members(json, "own", span.own());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Annotation annotation) {
    json.writeStartObject();
    number(json, "timestamp", annotation.timestamp());
    json.writeStringProperty("value", annotation.value());
    members(json, "tags", annotation.tags());
    members(json, "own", annotation.own());
    json.writeEndObject();
  }

  private static void text(JsonGenerator json, String name, @Nullable String value) {
    if (value != null) {
      json.writeStringProperty(name, value);
    }
  }

  private static void number(JsonGenerator json, String name, @Nullable Long value) {
    if (value != null) {
      json.writeNumberProperty(name, value);
    }
  }

  private static void members(JsonGenerator json, String name, Map<String, JsonValue> members) {
    if (!members.isEmpty()) {
      json.writeName(name);
      JsonTree.write(json, members);
    }
  }

  /** The span that {@link #write} made {@code bytes} of. */
  static Span read(byte[] bytes) {
    try (JsonParser parser = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
      parser.nextToken();
      return span(((JsonObject) JsonTree.readWritten(parser)).members());
    }
  }

  private static Span span(Map<String, JsonValue> fields) {
    List<Annotation> annotations = new ArrayList<>();
    if (fields.get("annotations") instanceof JsonArray list) {
      list.elements().forEach(each -> annotations.add(annotation(((JsonObject) each).members())));
    }
    Span.Builder span =
        Span.builder(required(text(fields, "trace")), required(text(fields, "id")))
            .parentId(text(fields, "parent"))
            .kind(text(fields, "kind"))
            .name(text(fields, "name"))
            .timestamp(number(fields, "timestamp"))
            .duration(number(fields, "duration"))
            .service(text(fields, "service"))
            .remoteService(text(fields, "remote"))
            .place(required(text(fields, "place")))
            .error(text(fields, "error"))
            .shared(fields.containsKey("shared"))
            .annotations(annotations)
            .tags(members(fields, "tags"));
    members(fields, "own").forEach(span::own);
    return span.build();
  }

  private static Annotation annotation(Map<String, JsonValue> fields) {
    return new Annotation(
        number(fields, "timestamp"),
        required(text(fields, "value")),
        members(fields, "tags"),
        members(fields, "own"));
  }

  private static String required(@Nullable String text) {
    if (text == null) {
      throw new IllegalStateException("a span that was written cannot be read back");
    }
    return text;
  }

  private static @Nullable String text(Map<String, JsonValue> fields, String name) {
    return fields.get(name) instanceof JsonString text ? text.value() : null;
  }

  private static @Nullable Long number(Map<String, JsonValue> fields, String name) {
    return fields.get(name) instanceof JsonNumber number ? Long.valueOf(number.literal()) : null;
  }

  private static Map<String, JsonValue> members(Map<String, JsonValue> fields, String name) {
    return fields.get(name) instanceof JsonObject object ? object.members() : Map.of();
  }
}
