package io.tracestore.migration.otlp;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The spans of any trace for a format that is not its own, by OpenTelemetry's rules for
 * transforming spans for other tools.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/zipkin/">OpenTelemetry
 *     to Zipkin Transformation</a>
 */
public final class PlainSpans {
  /** The own field that holds the attributes of what a span comes from. */
  public static final String RESOURCE = "resource";

  /** The own field that holds the links of a span, as OTLP writes them. */
  public static final String LINKS = "links";

  private PlainSpans() {}

  /** The spans of {@code trace}; own fields are {@link #RESOURCE} and {@link #LINKS} only. */
  public static List<Span> of(FlowTrace trace) {
    return of(trace, trace.events());
  }

  /** {@link #of(FlowTrace)} of {@code events}; made each time they are asked for. */
  public static List<Span> of(FlowTrace header, List<TraceEvent> events) {
    String traceId = OtlpWriter.hex(header.traceId().value());
    List<OtlpSpan> spans = OtlpWriter.spans(header, events);
    return LazyList.of(spans.size(), i -> plain(traceId, spans.get(i)));
  }

  private static Span plain(String traceId, OtlpSpan span) {
    Map<String, JsonValue> resource = new TreeMap<>(span.resource);
    JsonValue service = resource.remove("service.name");
    Map<String, JsonValue> fields = new TreeMap<>(span.fields);
    JsonValue links = fields.remove("links");
    Map<String, JsonValue> tags = new TreeMap<>(span.attributes);
    addStatus(tags, span);
    addScope(tags, span.scope);
    JsonValue state = fields.remove("traceState");
    put(tags, "w3c.tracestate", state);
    fields.forEach((name, value) -> put(tags, "otlp." + name, value));
    put(tags, "otlp.resource_other", span.resourceOther);
    put(tags, "otlp.resource_entry", span.resourceEntry);
    put(tags, "otlp.scope_entry", span.scopeEntry);
    put(tags, "otlp.status_other", span.statusOther);
    put(tags, "otlp.start_time_invalid", span.invalidStart);
    put(tags, "otlp.end_time_invalid", span.invalidEnd);
    boolean hasStart = span.startNanos > 0;
    boolean hasEnd = hasStart && span.endNanos >= span.startNanos;
    return Span.builder(traceId, span.id)
        .parentId(span.parentId)
        .name(span.name.isEmpty() ? null : span.name)
        .kind(span.kind > 0 && span.kind <= OtlpSpans.KINDS.size() ? kind(span) : null)
        .timestamp(hasStart ? (Long) span.startNanos : null)
        .duration(hasEnd ? (Long) (span.endNanos - span.startNanos) : null)
        .service(text(service))
        .remoteService(text(span.attributes.get("peer.service")))
        .error(span.statusCode == OtlpSpans.STATUS_ERROR ? span.statusMessage : null)
        .annotations(LazyList.of(span.events.size(), i -> annotation(span.events.get(i))))
        .tags(tags)
        .own(RESOURCE, resource.isEmpty() ? null : JsonValue.object(resource))
        .own(LINKS, links instanceof JsonArray ? links : null)
        .build();
  }

  private static String kind(OtlpSpan span) {
    return OtlpSpans.KINDS.get(span.kind - 1);
  }

  private static @Nullable String text(@Nullable JsonValue value) {
    return value == null ? null : textOf(value);
  }

  /** The text of a value: itself, or its JSON. */
  public static String textOf(JsonValue value) {
    return value instanceof JsonString text ? text.value() : ReflowJson.write(value);
  }

  private static void addStatus(Map<String, JsonValue> tags, OtlpSpan span) {
    if (span.statusCode == 1) {
      tags.put("otel.status_code", JsonValue.of("OK"));
    } else if (span.statusCode == OtlpSpans.STATUS_ERROR) {
      tags.put("otel.status_code", JsonValue.of("ERROR"));
    }
    if (!span.statusMessage.isEmpty()) {
      tags.put("otel.status_description", JsonValue.of(span.statusMessage));
    }
  }

  private static void addScope(Map<String, JsonValue> tags, @Nullable JsonValue scope) {
    if (scope instanceof JsonObject object) {
      object.members().forEach((name, value) -> tags.put("otel.scope." + name, scalar(value)));
    }
  }

  private static void put(Map<String, JsonValue> tags, String name, @Nullable JsonValue value) {
    if (value != null) {
      tags.put(name, scalar(value));
    }
  }

  private static JsonValue scalar(JsonValue value) {
    return value instanceof JsonBoolean || value instanceof JsonNumber
        ? value
        : JsonValue.of(textOf(value));
  }

  private static Annotation annotation(OtlpSpan.Event event) {
    Map<String, JsonValue> tags = new TreeMap<>(event.attributes());
    event.fields().forEach((name, value) -> put(tags, "otlp." + name, value));
    put(tags, "otlp.time_invalid", event.invalidTime());
    Long time = event.nanos() > 0 ? (Long) event.nanos() : null;
    return new Annotation(time, event.name(), tags, Map.of());
  }
}
