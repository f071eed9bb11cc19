package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.LazyList;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.migration.spans.TraceSpans;
import io.tracestore.migration.spans.TraceSpans.Placed;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The OTLP spans of a trace that was imported from a file of spans. A trace that came from OTLP
 * goes out as it came; of the other formats each field goes where OTLP has a place for it, and into
 * an attribute under the format's name where it has none.
 */
final class ImportedSpans {
  /** Begins the name of an attribute that keeps what OTLP has no place for. */
  static final String KEPT = "tracestore.kept.";

  private final Origin origin;
  private final List<String> ids = new ArrayList<>();
  private final Set<String> usedIds = new HashSet<>();

  private ImportedSpans(Origin origin) {
    this.origin = origin;
  }

  /** The spans of a trace; empty if no file of spans was its source. */
  static Optional<List<OtlpSpan>> of(FlowTrace header, List<TraceEvent> events) {
    return TraceSpans.originOf(header)
        .map(origin -> new ImportedSpans(origin).spans(TraceSpans.placed(header, events, origin)));
  }

  private List<OtlpSpan> spans(List<Placed> placed) {
    placed.forEach(each -> ids.add(idOf(each.span())));
    return LazyList.of(placed.size(), i -> span(placed.get(i), ids.get(i)));
  }

  /**
   * The id of a span. In Zipkin both halves of a call have one id; the second half gets one of its
   * own.
   */
  private String idOf(Span span) {
    if (origin != Origin.ZIPKIN || usedIds.add(span.id())) {
      return span.id();
    }
    long bits = Long.parseUnsignedLong(span.id(), 16) ^ ((long) span.place().hashCode() << 16 | 1);
    while (bits == 0 || !usedIds.add("%016x".formatted(bits))) {
      bits++;
    }
    return "%016x".formatted(bits);
  }

  private OtlpSpan span(Placed placed, String id) {
    Span from = placed.span();
    Map<String, JsonValue> rest = new TreeMap<>(from.own());
    OtlpSpan span = new OtlpSpan(id);
    boolean parentIsKnown = origin == Origin.ZIPKIN && placed.parent() >= 0;
    span.parentId = parentIsKnown ? ids.get(placed.parent()) : from.parentId();
    span.name = from.name() == null ? "" : from.name();
    span.kind = kind(from.kind());
    span.kindName = span.kind == 0 && origin == Origin.OTLP ? from.kind() : null;
    setTimes(span, from, rest);
    span.attributes.putAll(from.tags());
    span.events = LazyList.of(from.annotations().size(), i -> event(from.annotations().get(i)));
    setStatus(span, from, rest);
    setResource(span, from, rest);
    setFields(span, rest);
    if (origin == Origin.JAEGER) {
      setLinks(span, from, rest);
    }
    String prefix = origin == Origin.OTLP ? KEPT : origin.prefix();
    rest.forEach((name, value) -> span.attributes.put(prefix + name, value));
    return span;
  }

  private static int kind(@Nullable String name) {
    if (name == null) {
      return 0;
    }
    int index = OtlpSpans.KINDS.indexOf(name);
    return index >= 0 ? index + 1 : name.matches("\\d{1,9}") ? Integer.parseInt(name) : 0;
  }

  private void setTimes(OtlpSpan span, Span from, Map<String, JsonValue> rest) {
    Long start = from.timestamp();
    Long duration = from.duration();
    span.startNanos = start == null ? 0 : start;
    span.endNanos = start == null || duration == null ? 0 : start + duration;
    if (origin == Origin.OTLP) {
      if (rest.remove("end_time_unix_nano") instanceof JsonNumber end) {
        span.endNanos = end.toBigDecimal().longValue();
      }
      span.invalidStart = rest.remove("start_time_invalid");
      span.invalidEnd = rest.remove("end_time_invalid");
    }
  }

  private void setStatus(OtlpSpan span, Span from, Map<String, JsonValue> rest) {
    String error = from.error();
    if (error != null) {
      span.statusCode = OtlpSpans.STATUS_ERROR;
      span.statusMessage = error;
    }
    if (origin == Origin.OTLP) {
      if (rest.remove("status") instanceof JsonObject status) {
        Map<String, JsonValue> fields = status.members();
        span.statusCode = fields.get("code") instanceof JsonNumber code ? (int) code.toDouble() : 0;
        span.statusMessage = fields.get("message") instanceof JsonString text ? text.value() : "";
      }
      span.statusOther = rest.remove("status_other");
    }
  }

  private void setResource(OtlpSpan span, Span from, Map<String, JsonValue> rest) {
    if (origin == Origin.OTLP) {
      span.resource.putAll(members(rest.remove("resource")));
      span.resourceOther = rest.remove("resource_other");
      span.resourceEntry = rest.remove("resource_entry");
      span.scope = rest.remove("scope");
      span.scopeEntry = rest.remove("scope_entry");
      return;
    }
    if (origin == Origin.JAEGER) {
      span.resource.putAll(members(rest.remove("process")));
    }
    if (from.service() != null) {
      span.resource.put("service.name", JsonValue.of(from.service()));
    }
  }

  private static Map<String, JsonValue> members(@Nullable JsonValue value) {
    return value instanceof JsonObject object ? object.members() : Map.of();
  }

  private void setFields(OtlpSpan span, Map<String, JsonValue> rest) {
    if (origin != Origin.OTLP) {
      return;
    }
    move(rest, "trace_state", span.fields, "traceState");
    move(rest, "flags", span.fields, "flags");
    move(rest, "links", span.fields, "links");
    move(rest, "dropped_attributes", span.fields, "droppedAttributesCount");
    move(rest, "dropped_events", span.fields, "droppedEventsCount");
    move(rest, "dropped_links", span.fields, "droppedLinksCount");
    members(rest.remove("other")).forEach(span.fields::putIfAbsent);
  }

  private static void move(
      Map<String, JsonValue> rest, String name, Map<String, JsonValue> fields, String field) {
    JsonValue value = rest.remove(name);
    if (value != null) {
      fields.put(field, value);
    }
  }

  /** References to other spans than the parent are links. */
  private static void setLinks(OtlpSpan span, Span from, Map<String, JsonValue> rest) {
    if (!(rest.remove("references") instanceof JsonArray references)) {
      return;
    }
    List<JsonValue> links = new ArrayList<>();
    for (JsonValue each : references.elements()) {
      Map<String, JsonValue> reference = members(each);
      String traceId = padded(reference.get("traceID"), 32);
      String spanId = padded(reference.get("spanID"), 16);
      boolean isParent =
          spanId.equals(from.parentId()) && traceId.endsWith(from.traceId()) && isChild(reference);
      if (!isParent) {
        links.add(
            JsonValue.object(
                Map.of(
                    "traceId", JsonValue.of(traceId),
                    "spanId", JsonValue.of(spanId),
                    "attributes", refType(reference))));
      }
    }
    if (!links.isEmpty()) {
      span.fields.put("links", new JsonArray(links));
    }
  }

  private static boolean isChild(Map<String, JsonValue> reference) {
    return JsonValue.of("CHILD_OF").equals(reference.get("refType"));
  }

  private static JsonValue refType(Map<String, JsonValue> reference) {
    String type = isChild(reference) ? "child_of" : "follows_from";
    return JsonValue.from(
        List.of(Map.of("key", "opentracing.ref_type", "value", Map.of("stringValue", type))));
  }

  private static String padded(@Nullable JsonValue id, int digits) {
    String hex = id instanceof JsonString text ? text.value() : "";
    return "0".repeat(Math.max(0, digits - hex.length())) + hex;
  }

  private OtlpSpan.Event event(Annotation annotation) {
    Map<String, JsonValue> rest = new TreeMap<>(annotation.own());
    Map<String, JsonValue> attributes = new TreeMap<>(annotation.tags());
    Map<String, JsonValue> fields = new TreeMap<>();
    JsonValue invalid = null;
    if (origin == Origin.OTLP) {
      move(rest, "dropped_attributes", fields, "droppedAttributesCount");
      fields.putAll(members(rest.remove("other")));
      invalid = rest.remove("time_invalid");
    }
    String prefix = origin == Origin.OTLP ? KEPT : origin.prefix();
    rest.forEach((name, value) -> attributes.put(prefix + name, value));
    Long time = annotation.timestamp();
    return new OtlpSpan.Event(
        time == null ? 0 : time, annotation.value(), attributes, fields, invalid);
  }
}
