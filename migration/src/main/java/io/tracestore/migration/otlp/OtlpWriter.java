package io.tracestore.migration.otlp;

import io.tracestore.migration.json.JsonTraceWriter;
import io.tracestore.migration.spans.Indexes;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.SpanDraft;
import io.tracestore.migration.spans.SpanDrafts;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes traces as one object of OTLP's JSON, {@code {"resourceSpans":[...]}}: ids in lower-case
 * hexadecimal, times as texts of nanoseconds, kinds as numbers. Holds one trace at a time; not safe
 * for several threads.
 *
 * <p>A trace that was imported from OTLP has the spans it came with. Any other becomes spans as
 * {@code docs/importing.md} says. Times before 1970, which OTLP does not have, are written as 0.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     Encoding</a>
 */
public final class OtlpWriter extends JsonTraceWriter {
  /**
   * @param out closed with this writer
   */
  public OtlpWriter(OutputStream out) {
    super(out);
    json.writeStartObject();
    json.writeName("resourceSpans");
    json.writeStartArray();
  }

  @Override
  protected void writeTrace(FlowTrace header, List<TraceEvent> events) {
    String traceId = hex(header.traceId().value());
    List<OtlpSpan> spans = spans(header, events);
    Map<List<Object>, Map<List<Object>, Indexes>> byResource = new LinkedHashMap<>();
    for (int i = 0; i < spans.size(); i++) {
      OtlpSpan span = spans.get(i);
      byResource
          .computeIfAbsent(
              key(span.resource, span.resourceOther, span.resourceEntry),
              each -> new LinkedHashMap<>())
          .computeIfAbsent(key(span.scope, span.scopeEntry), each -> new Indexes())
          .add(i);
    }
    byResource.values().forEach(scopes -> writeResource(traceId, spans, scopes));
    json.writeRaw('\n');
  }

  private static List<Object> key(@Nullable Object... parts) {
    return Arrays.stream(parts).<Object>map(part -> part == null ? "" : part).toList();
  }

  static String hex(UUID uuid) {
    return "%016x%016x".formatted(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
  }

  static List<OtlpSpan> spans(FlowTrace trace) {
    return spans(trace, trace.events());
  }

  /** The spans, made each time they are asked for. */
  static List<OtlpSpan> spans(FlowTrace header, List<TraceEvent> events) {
    return ImportedSpans.of(header, events)
        .orElseGet(() -> {
          NativeSpans spans = new NativeSpans(header);
          List<SpanDraft> drafts = SpanDrafts.of(header, events);
          return LazyList.of(drafts.size(), i -> spans.span(drafts.get(i)));
        });
  }

  private void writeResource(
      String traceId, List<OtlpSpan> spans, Map<List<Object>, Indexes> scopes) {
    OtlpSpan any = spans.get(scopes.values().iterator().next().first());
    json.writeStartObject();
    json.writeName("resource");
    json.writeStartObject();
    json.writeName("attributes");
    OtlpValues.writeMembers(json, any.resource);
    writeOther(any.resourceOther);
    json.writeEndObject();
    writeOther(any.resourceEntry);
    json.writeName("scopeSpans");
    json.writeStartArray();
    scopes.values().forEach(indexes -> writeScope(traceId, indexes.in(spans)));
    json.writeEndArray();
    json.writeEndObject();
  }

  private void writeOther(@Nullable JsonValue other) {
    if (other instanceof JsonObject object) {
      writeFields(object.members());
    }
  }

  private void writeFields(Map<String, JsonValue> fields) {
    fields.forEach((name, value) -> {
      json.writeName(name);
      JsonTree.write(json, value);
    });
  }

  private void writeScope(String traceId, List<OtlpSpan> spans) {
    OtlpSpan any = spans.getFirst();
    json.writeStartObject();
    if (any.scope instanceof JsonObject scope) {
      Map<String, JsonValue> members = scope.members();
      json.writeName("scope");
      json.writeStartObject();
      writeText("name", textOf(members.get("name")));
      writeText("version", textOf(members.get("version")));
      if (members.get("attributes") instanceof JsonObject attributes) {
        json.writeName("attributes");
        OtlpValues.writeMembers(json, attributes.members());
      }
      writeOther(members.get("other"));
      json.writeEndObject();
    }
    writeOther(any.scopeEntry);
    json.writeName("spans");
    json.writeStartArray();
    spans.forEach(span -> writeSpan(traceId, span));
    json.writeEndArray();
    json.writeEndObject();
  }

  private static @Nullable String textOf(@Nullable JsonValue value) {
    return value instanceof JsonString text ? text.value() : null;
  }

  private void writeSpan(String traceId, OtlpSpan span) {
    json.writeStartObject();
    json.writeStringProperty("traceId", traceId);
    json.writeStringProperty("spanId", span.id);
    writeText("parentSpanId", span.parentId);
    json.writeStringProperty("name", span.name);
    if (span.kindName == null) {
      json.writeNumberProperty("kind", span.kind);
    } else {
      json.writeStringProperty("kind", OtlpSpans.KIND_PREFIX + span.kindName);
    }
    nanos("startTimeUnixNano", span.startNanos, span.invalidStart);
    nanos("endTimeUnixNano", span.endNanos, span.invalidEnd);
    json.writeName("attributes");
    OtlpValues.writeMembers(json, span.attributes);
    if (!span.events.isEmpty()) {
      json.writeName("events");
      json.writeStartArray();
      span.events.forEach(this::writeEvent);
      json.writeEndArray();
    }
    json.writeName("status");
    json.writeStartObject();
    if (span.statusCode != 0) {
      json.writeNumberProperty("code", span.statusCode);
    }
    writeText("message", span.statusMessage);
    writeOther(span.statusOther);
    json.writeEndObject();
    writeFields(span.fields);
    json.writeEndObject();
  }

  private void nanos(String name, long nanos, @Nullable JsonValue invalid) {
    if (invalid != null) {
      json.writeName(name);
      JsonTree.write(json, invalid);
    } else {
      json.writeStringProperty(name, Long.toString(Math.max(nanos, 0)));
    }
  }

  private void writeEvent(OtlpSpan.Event event) {
    json.writeStartObject();
    nanos("timeUnixNano", event.nanos(), event.invalidTime());
    json.writeStringProperty("name", event.name());
    json.writeName("attributes");
    OtlpValues.writeMembers(json, event.attributes());
    writeFields(event.fields());
    json.writeEndObject();
  }

  @Override
  protected void writeEnd() {
    json.writeEndArray();
    json.writeEndObject();
    json.writeRaw('\n');
  }
}
