package io.tracestore.migration.zipkin;

import io.tracestore.migration.zipkin.ZipkinSpan.Annotation;
import io.tracestore.model.JsonValue.JsonObject;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes spans in one spelling: two spans that mean the same become the same bytes, however they
 * were written.
 */
final class SpanWriter {
  private final JsonFactory factory;

  SpanWriter(JsonFactory factory) {
    this.factory = factory;
  }

  byte[] write(ZipkinSpan span) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(json, span);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, ZipkinSpan span) {
    json.writeStartObject();
    json.writeStringProperty("traceId", span.traceId());
    json.writeStringProperty("id", span.id());
    text(json, "parentId", span.parentId());
    text(json, "kind", span.kind());
    text(json, "name", span.name());
    number(json, "timestamp", span.timestamp());
    number(json, "duration", span.duration());
    object(json, "localEndpoint", span.localEndpoint());
    object(json, "remoteEndpoint", span.remoteEndpoint());
    if (!span.annotations().isEmpty()) {
      json.writeName("annotations");
      json.writeStartArray();
      span.annotations().forEach(annotation -> write(json, annotation));
      json.writeEndArray();
    }
    if (!span.tags().isEmpty()) {
      json.writeName("tags");
      JsonTree.write(json, span.tags());
    }
    bool(json, "shared", span.shared());
    bool(json, "debug", span.debug());
    span.other()
        .forEach((name, value) -> {
          json.writeName(name);
          JsonTree.write(json, value);
        });
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Annotation annotation) {
    json.writeStartObject();
    json.writeNumberProperty("timestamp", annotation.timestamp());
    json.writeStringProperty("value", annotation.value());
    annotation
        .other()
        .forEach((name, value) -> {
          json.writeName(name);
          JsonTree.write(json, value);
        });
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

  private static void bool(JsonGenerator json, String name, @Nullable Boolean value) {
    if (value != null) {
      json.writeBooleanProperty(name, value);
    }
  }

  private static void object(JsonGenerator json, String name, @Nullable JsonObject value) {
    if (value != null) {
      json.writeName(name);
      JsonTree.write(json, value);
    }
  }
}
