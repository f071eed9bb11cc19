package io.tracestore.migration.jaeger;

import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.otlp.PlainSpans;
import io.tracestore.migration.spans.Indexes;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.KeptFields;
import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A writer of the JSON that Jaeger's interface downloads and opens, {@code {"data":[TRACE...]}}, in
 * microseconds.
 *
 * <p>A trace that was imported from Jaeger has the spans and processes it came with. Any other
 * becomes spans by OpenTelemetry's rules.
 *
 * @see <a
 *     href="https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go">Jaeger's
 *     model of this JSON</a>
 */
public final class JaegerWriter extends JsonTraceWriter {
  private static final long NANOS_PER_MICRO = 1000;
  private static final String CHILD_OF = "CHILD_OF";

  /**
   * @param out closed with this writer
   */
  public JaegerWriter(OutputStream out) {
    super(out);
    json.writeStartObject();
    json.writeName("data");
    json.writeStartArray();
  }

  /** The process that recorded a span, as far as processes differ. */
  private record Recorder(
      @Nullable String service,
      @Nullable JsonValue tags,
      @Nullable JsonValue again,
      @Nullable JsonValue other) {}

  @Override
  protected void writeTrace(FlowTrace header, List<TraceEvent> events) {
    List<Span> spans = spans(header, events);
    // Files of one trace may have said different things of it.
    Map<JsonValue, Indexes> byTrace = new LinkedHashMap<>();
    for (int i = 0; i < spans.size(); i++) {
      JsonValue other = spans.get(i).own().getOrDefault("trace_other", JsonValue.NULL);
      byTrace.computeIfAbsent(other, each -> new Indexes()).add(i);
    }
    byTrace.forEach((other, indexes) -> writeTrace(other, indexes.in(spans)));
  }

  private static List<Span> spans(FlowTrace header, List<TraceEvent> events) {
    boolean isOwn = TraceSpans.originOf(header).filter(Origin.JAEGER::equals).isPresent();
    if (isOwn) {
      return TraceSpans.of(header, events, Origin.JAEGER);
    }
    List<Span> plain = PlainSpans.of(header, events);
    return LazyList.of(plain.size(), i -> converted(plain.get(i)));
  }

  @Override
  protected void writeEnd() {
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
  }

  private static Span converted(Span span) {
    Map<String, JsonValue> tags = new TreeMap<>(span.tags());
    if (span.kind() != null) {
      tags.put("span.kind", JsonValue.of(span.kind().toLowerCase(Locale.ROOT)));
    }
    if (span.error() != null) {
      tags.putIfAbsent("error", JsonValue.of(true));
    }
    tags.replaceAll(JaegerWriter::scalar);
    List<Annotation> from = span.annotations();
    List<Annotation> logs = LazyList.of(from.size(), i -> log(from.get(i), span.timestamp()));
    return Span.builder(span.traceId(), span.id())
        .parentId(span.parentId())
        .name(span.name())
        .timestamp(span.timestamp())
        .duration(span.duration() == null ? (Long) 0L : span.duration())
        .service(span.service())
        .annotations(logs)
        .tags(tags)
        .own("process", process(span))
        .own("references", references(span))
        .build();
  }

  private static Annotation log(Annotation from, @Nullable Long startOfSpan) {
    Map<String, JsonValue> fields = new TreeMap<>(from.tags());
    fields.replaceAll(JaegerWriter::scalar);
    fields.put("event", JsonValue.of(from.value()));
    Long time = from.timestamp() == null ? startOfSpan : from.timestamp();
    return new Annotation(time, from.value(), fields, Map.of());
  }

  private static @Nullable JsonValue process(Span span) {
    if (!(span.own().get(PlainSpans.RESOURCE) instanceof JsonObject resource)) {
      return null;
    }
    Map<String, JsonValue> tags = new TreeMap<>(resource.members());
    tags.replaceAll(JaegerWriter::scalar);
    return JsonValue.object(tags);
  }

  /** Jaeger has no lists and no objects. */
  private static JsonValue scalar(String name, JsonValue value) {
    boolean isScalar = type(value) != null || binary(value) != null;
    return isScalar ? value : JsonValue.of(PlainSpans.textOf(value));
  }

  /** The parent and the links of a span; null if there are no links. */
  private static @Nullable JsonValue references(Span span) {
    if (!(span.own().get(PlainSpans.LINKS) instanceof JsonArray links)) {
      return null;
    }
    List<JsonValue> references = new ArrayList<>();
    if (span.parentId() != null) {
      references.add(reference(CHILD_OF, span.traceId(), span.parentId()));
    }
    for (JsonValue each : links.elements()) {
      if (each instanceof JsonObject link
          && link.members().get("traceId") instanceof JsonString traceId
          && link.members().get("spanId") instanceof JsonString spanId) {
        references.add(reference("FOLLOWS_FROM", traceId.value(), spanId.value()));
      }
    }
    return new JsonArray(references);
  }

  private static JsonValue reference(String type, String traceId, String spanId) {
    return JsonValue.from(Map.of("refType", type, "traceID", traceId, "spanID", spanId));
  }

  private void writeTrace(JsonValue other, List<Span> spans) {
    Map<Recorder, String> processes = new LinkedHashMap<>();
    json.writeRaw('\n');
    json.writeStartObject();
    json.writeStringProperty("traceID", spans.getFirst().traceId());
    json.writeName("spans");
    json.writeStartArray();
    for (Span span : spans) {
      Recorder recorder =
          new Recorder(
              span.service(),
              span.own().get("process"),
              span.own().get("process_tags_again"),
              span.own().get("process_other"));
      String next = "p" + (processes.size() + 1);
      String process = processes.computeIfAbsent(recorder, each -> next);
      writeSpan(span, process);
    }
    json.writeEndArray();
    json.writeName("processes");
    json.writeStartObject();
    processes.forEach((recorder, id) -> writeProcess(id, recorder));
    json.writeEndObject();
    writeFields(other);
    json.writeEndObject();
  }

  private void writeProcess(String id, Recorder recorder) {
    json.writeName(id);
    json.writeStartObject();
    String service = recorder.service();
    json.writeStringProperty("serviceName", service == null ? "" : service);
    Map<String, JsonValue> tags =
        recorder.tags() instanceof JsonObject object ? object.members() : Map.of();
    writeTags("tags", tags, recorder.again());
    writeFields(recorder.other());
    json.writeEndObject();
  }

  private void writeFields(@Nullable JsonValue fields) {
    if (fields instanceof JsonObject object) {
      object.members().forEach(this::writeField);
    }
  }

  private void writeField(String name, @Nullable JsonValue value) {
    if (value != null) {
      json.writeName(name);
      JsonTree.write(json, value);
    }
  }

  private void writeSpan(Span span, String process) {
    Map<String, JsonValue> own = new TreeMap<>(span.own());
    Map<String, JsonValue> tags = new TreeMap<>(span.tags());
    List.of("trace_other", "process", "process_tags_again", "process_other").forEach(own::remove);
    KeptFields.keep(own, tags);
    json.writeStartObject();
    json.writeStringProperty("traceID", span.traceId());
    json.writeStringProperty("spanID", span.id());
    writeReferences(span, own.remove("references"));
    writeField("flags", own.remove("flags"));
    json.writeStringProperty("operationName", span.name() == null ? "" : span.name());
    JsonValue start = micros(span.timestamp(), own.remove("start_time_invalid"));
    writeField("startTime", start == null ? JsonValue.of(0) : start);
    writeField("duration", micros(span.duration(), own.remove("duration_invalid")));
    json.writeStringProperty("processID", process);
    JsonValue again = own.remove("tags_again");
    JsonValue warnings = own.remove("warnings");
    JsonValue other = own.remove("other");
    own.forEach((name, value) -> tags.put(Origin.JAEGER.prefix() + name, value));
    writeTags("tags", tags, again);
    writeLogs(span.annotations());
    writeField("warnings", warnings);
    writeFields(other);
    json.writeEndObject();
  }

  private void writeReferences(Span span, @Nullable JsonValue told) {
    String parent = span.parentId();
    JsonValue references = told;
    if (told == null) {
      references =
          new JsonArray(
              parent == null ? List.of() : List.of(reference(CHILD_OF, span.traceId(), parent)));
    } else {
      // Of several references only the source said which is the parent.
      writeText("parentSpanID", parent);
    }
    writeField("references", references);
  }

  /** Writes a time that made no sense as it was reported. */
  private static @Nullable JsonValue micros(@Nullable Long nanos, @Nullable JsonValue invalid) {
    if (invalid != null) {
      return invalid;
    }
    return nanos == null || nanos < 0 ? null : JsonValue.of(nanos / NANOS_PER_MICRO);
  }

  private void writeLogs(List<Annotation> annotations) {
    json.writeName("logs");
    json.writeStartArray();
    for (Annotation each : annotations) {
      json.writeStartObject();
      writeField("timestamp", micros(each.timestamp(), each.own().get("time_invalid")));
      writeTags("fields", each.tags(), each.own().get("tags_again"));
      writeFields(each.own().get("other"));
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeTags(String name, Map<String, JsonValue> tags, @Nullable JsonValue again) {
    json.writeName(name);
    json.writeStartArray();
    tags.forEach((key, value) -> {
      json.writeStartObject();
      json.writeStringProperty("key", key);
      JsonValue binary = binary(value);
      writeText("type", binary == null ? type(value) : "binary");
      writeField("value", binary == null ? value : binary);
      json.writeEndObject();
    });
    if (again instanceof JsonArray more) {
      more.elements().forEach(each -> JsonTree.write(json, each));
    }
    json.writeEndArray();
  }

  private static @Nullable JsonValue binary(JsonValue value) {
    if (!(value instanceof JsonObject object) || object.members().size() != 1) {
      return null;
    }
    JsonValue jaeger = object.members().get("jaeger.binary");
    JsonValue bytes = jaeger == null ? object.members().get("otlp.bytes") : jaeger;
    return bytes instanceof JsonString ? bytes : null;
  }

  private static @Nullable String type(JsonValue value) {
    return switch (value) {
      case JsonString text -> "string";
      case JsonBoolean flag -> "bool";
      case JsonNumber number -> number.isWhole() ? "int64" : "float64";
      case JsonValue.JsonNull nothing -> null;
      case JsonArray list -> null;
      case JsonObject object -> null;
    };
  }
}
