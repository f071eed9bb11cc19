package io.tracestore.migration.zipkin;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.otlp.PlainSpans;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.KeptFields;
import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A writer of the second version of Zipkin's JSON: one list of all spans, in microseconds.
 *
 * <p>A trace that was imported from Zipkin has the spans it came with. Any other becomes spans by
 * OpenTelemetry's rules, and all its tags are texts, as Zipkin asks for.
 *
 * @see <a href="https://zipkin.io/zipkin-api/">the format</a>
 */
public final class ZipkinWriter extends JsonTraceWriter {
  private static final long NANOS_PER_MICRO = 1000;

  /**
   * @param out closed with this writer
   */
  public ZipkinWriter(OutputStream out) {
    super(out);
    json.writeStartArray();
  }

  /** The spans of {@code trace}, with own fields that are Zipkin's. */
  public static List<Span> spans(FlowTrace trace) {
    return spans(trace, trace.events());
  }

  private static List<Span> spans(FlowTrace header, List<TraceEvent> events) {
    boolean isOwn = TraceSpans.originOf(header).filter(Origin.ZIPKIN::equals).isPresent();
    if (isOwn) {
      return TraceSpans.of(header, events, Origin.ZIPKIN);
    }
    List<Span> plain = PlainSpans.of(header, events);
    return LazyList.of(plain.size(), i -> converted(plain.get(i)));
  }

  @Override
  protected void writeTrace(FlowTrace header, List<TraceEvent> events) {
    for (Span span : spans(header, events)) {
      json.writeRaw('\n');
      writeSpan(span);
    }
  }

  @Override
  protected void writeEnd() {
    json.writeEndArray();
    json.writeRaw('\n');
  }

  private static Span converted(Span span) {
    Map<String, JsonValue> tags = new TreeMap<>();
    if (span.own().get(PlainSpans.RESOURCE) instanceof JsonObject resource) {
      tags.putAll(resource.members());
    }
    tags.putAll(span.tags());
    JsonValue links = span.own().get(PlainSpans.LINKS);
    if (links != null) {
      tags.put("otlp.links", links);
    }
    if (span.error() != null) {
      tags.putIfAbsent("error", JsonValue.of(span.error()));
    }
    tags.replaceAll((name, value) -> JsonValue.of(PlainSpans.textOf(value)));
    List<Annotation> from = span.annotations();
    List<Annotation> annotations =
        LazyList.of(from.size(), i -> converted(from.get(i), span.timestamp()));
    return Span.builder(span.traceId(), span.id())
        .parentId(span.parentId())
        .kind("INTERNAL".equals(span.kind()) ? null : span.kind())
        .name(span.name())
        .timestamp(span.timestamp())
        .duration(wholeMicros(span.duration()))
        .annotations(annotations)
        .tags(tags)
        .own("local_endpoint", endpoint(span.service()))
        .own("remote_endpoint", endpoint(span.remoteService()))
        .build();
  }

  private static Annotation converted(Annotation from, @Nullable Long startOfSpan) {
    String value =
        from.tags().isEmpty()
            ? from.value()
            : from.value() + ": " + ReflowJson.write(JsonValue.object(from.tags()));
    Long time = from.timestamp() == null ? startOfSpan : from.timestamp();
    return new Annotation(time, value, Map.of(), Map.of());
  }

  /** Zipkin asks for at least one microsecond. */
  private static @Nullable Long wholeMicros(@Nullable Long nanos) {
    return nanos == null ? null : (Long) Math.max(nanos, NANOS_PER_MICRO);
  }

  private static @Nullable JsonValue endpoint(@Nullable String service) {
    return service == null ? null : JsonValue.from(Map.of("serviceName", service));
  }

  private void writeSpan(Span span) {
    Map<String, JsonValue> own = new TreeMap<>(span.own());
    Map<String, JsonValue> tags = new TreeMap<>(span.tags());
    KeptFields.keep(own, tags);
    Map<String, JsonValue> fields = new LinkedHashMap<>();
    fields.put("timestamp", micros(span.timestamp(), own.remove("timestamp_invalid")));
    fields.put("duration", micros(span.duration(), own.remove("duration_invalid")));
    fields.put("localEndpoint", own.remove("local_endpoint"));
    fields.put("remoteEndpoint", own.remove("remote_endpoint"));
    Map<String, JsonValue> last = new LinkedHashMap<>();
    last.put("shared", own.remove("shared"));
    last.put("debug", own.remove("debug"));
    JsonValue other = own.remove("other");
    own.forEach((name, value) -> tags.put(Origin.ZIPKIN.prefix() + name, text(value)));
    json.writeStartObject();
    json.writeStringProperty("traceId", span.traceId());
    json.writeStringProperty("id", span.id());
    writeText("parentId", span.parentId());
    writeText("kind", span.kind());
    writeText("name", span.name());
    writeFields(fields);
    writeAnnotations(span.annotations());
    if (!tags.isEmpty()) {
      json.writeName("tags");
      JsonTree.write(json, tags);
    }
    writeFields(last);
    if (other instanceof JsonObject object) {
      writeFields(object.members());
    }
    json.writeEndObject();
  }

  private static JsonValue text(JsonValue value) {
    return JsonValue.of(PlainSpans.textOf(value));
  }

  /** Writes a time that made no sense as it was reported. */
  private static @Nullable JsonValue micros(@Nullable Long nanos, @Nullable JsonValue invalid) {
    if (invalid != null) {
      return invalid;
    }
    return nanos == null || nanos < 0 ? null : JsonValue.of(nanos / NANOS_PER_MICRO);
  }

  private void writeFields(Map<String, ? extends @Nullable JsonValue> fields) {
    fields.forEach((name, value) -> {
      if (value != null) {
        json.writeName(name);
        JsonTree.write(json, value);
      }
    });
  }

  private void writeAnnotations(List<Annotation> annotations) {
    if (annotations.isEmpty()) {
      return;
    }
    json.writeName("annotations");
    json.writeStartArray();
    for (Annotation each : annotations) {
      Map<String, JsonValue> fields = new LinkedHashMap<>();
      JsonValue time = micros(each.timestamp(), null);
      if (time != null) {
        fields.put("timestamp", time);
      }
      fields.put("value", new JsonString(each.value()));
      if (each.own().get("other") instanceof JsonObject other) {
        fields.putAll(other.members());
      }
      JsonTree.write(json, fields);
    }
    json.writeEndArray();
  }
}
