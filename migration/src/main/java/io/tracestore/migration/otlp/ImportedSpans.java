package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.Origin;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The spans that a trace was imported from, made again of its events: a trace that came from OTLP
 * goes out as it came.
 */
final class ImportedSpans {
  /** What is written in fields of its own. */
  private static final Set<String> OWN_FIELDS =
      Set.of(
          "kind",
          "parent_id",
          "timestamp_missing",
          "end_time_unix_nano",
          "status",
          "trace_state",
          "flags",
          "links",
          "dropped_attributes",
          "dropped_events",
          "dropped_links",
          "resource",
          "resource_other",
          "scope",
          "other");

  private final Origin origin;
  private final String prefix;

  private ImportedSpans(Origin origin) {
    this.origin = origin;
    this.prefix = origin.prefix();
  }

  /** How to write {@code trace}; empty if no file of spans was its source. */
  static Optional<ImportedSpans> of(FlowTrace trace) {
    Map<String, String> tags = trace.metadata().tags();
    for (Origin origin : Origin.values()) {
      if (origin.id().equals(tags.get("source"))
          && tags.containsKey(origin.prefix() + "trace_id")) {
        return Optional.of(new ImportedSpans(origin));
      }
    }
    return Optional.empty();
  }

  OtlpSpan span(SpanDraft draft, TraceEvent start) {
    OtlpSpan span = new OtlpSpan(draft.id);
    Map<String, JsonValue> all = start.data().customAttributes();
    span.parentId = draft.parent != null ? draft.parent.id : text(all, "parent_id");
    span.name = start.data().port() == null ? "" : start.data().port();
    span.kind = kind(text(all, "kind"));
    setTimes(span, draft, all);
    span.attributes.putAll(tags(all));
    draft.details.stream().filter(this::isAnnotation).forEach(each -> span.events.add(event(each)));
    setStatus(span, draft, all);
    span.resource.putAll(resource(start, all));
    if (origin == Origin.OTLP) {
      setOwn(span, all);
    }
    return span;
  }

  private static int kind(@Nullable String name) {
    if (name == null) {
      return 0;
    }
    int index = OtlpSpans.KINDS.indexOf(name);
    return index >= 0 ? index + 1 : name.matches("\\d{1,9}") ? Integer.parseInt(name) : 0;
  }

  private void setTimes(OtlpSpan span, SpanDraft draft, Map<String, JsonValue> all) {
    boolean noStart = all.containsKey(prefix + "timestamp_missing");
    boolean noEnd =
        draft.end == null
            || draft.end.data().customAttributes().containsKey(prefix + "duration_missing");
    span.startNanos = noStart ? 0 : draft.startNanos;
    Long end = number(all, "end_time_unix_nano");
    span.endNanos = end != null ? end : noEnd ? 0 : draft.endNanos;
  }

  private void setStatus(OtlpSpan span, SpanDraft draft, Map<String, JsonValue> all) {
    if (draft.end != null && draft.end.eventType().equals(TraceEventType.ACTOR_FAILED)) {
      String error = draft.end.data().error();
      span.statusCode = OtlpSpans.STATUS_ERROR;
      span.statusMessage = error == null ? "" : error;
    } else if (all.get(prefix + "status") instanceof JsonObject status) {
      Map<String, JsonValue> fields = status.members();
      span.statusCode = fields.get("code") instanceof JsonNumber code ? (int) code.toDouble() : 0;
      span.statusMessage = fields.get("message") instanceof JsonString text ? text.value() : "";
    }
  }

  private Map<String, JsonValue> resource(TraceEvent start, Map<String, JsonValue> all) {
    if (all.get(prefix + "resource") instanceof JsonObject resource) {
      return resource.members();
    }
    // Without a service the importer calls the actor so.
    boolean isKnown = origin != Origin.OTLP;
    return isKnown ? Map.of("service.name", JsonValue.of(start.actorId())) : Map.of();
  }

  private void setOwn(OtlpSpan span, Map<String, JsonValue> all) {
    span.resourceOther = all.get(prefix + "resource_other");
    span.scope = all.get(prefix + "scope");
    putIfSet(span.fields, "traceState", all.get(prefix + "trace_state"));
    putIfSet(span.fields, "flags", all.get(prefix + "flags"));
    putIfSet(span.fields, "links", all.get(prefix + "links"));
    putIfSet(span.fields, "droppedAttributesCount", all.get(prefix + "dropped_attributes"));
    putIfSet(span.fields, "droppedEventsCount", all.get(prefix + "dropped_events"));
    putIfSet(span.fields, "droppedLinksCount", all.get(prefix + "dropped_links"));
    if (all.get(prefix + "other") instanceof JsonObject other) {
      other.members().forEach(span.fields::putIfAbsent);
    }
  }

  private static void putIfSet(
      Map<String, JsonValue> fields, String name, @Nullable JsonValue value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private boolean isAnnotation(TraceEvent event) {
    return event.data().customAttributes().containsKey(prefix + "annotation");
  }

  private OtlpSpan.Event event(TraceEvent event) {
    Map<String, JsonValue> all = event.data().customAttributes();
    String name = text(all, "annotation");
    Map<String, JsonValue> attributes = tags(all);
    attributes.remove(prefix + "annotation");
    Long dropped = number(all, "dropped_attributes");
    return new OtlpSpan.Event(
        EpochNanos.of(event.timestamp()),
        name == null ? "" : name,
        attributes,
        dropped == null ? 0 : dropped);
  }

  /** The tags under the names they had; of another format than OTLP what has no field as well. */
  private Map<String, JsonValue> tags(Map<String, JsonValue> all) {
    Map<String, JsonValue> tags = new TreeMap<>();
    String tag = prefix + "tag.";
    all.forEach((name, value) -> {
      if (name.startsWith(tag)) {
        tags.put(name.substring(tag.length()), value);
      } else if (!name.startsWith(prefix)) {
        tags.put(name, value);
      } else if (origin != Origin.OTLP && !OWN_FIELDS.contains(name.substring(prefix.length()))) {
        tags.put(name, value);
      }
    });
    return tags;
  }

  private @Nullable String text(Map<String, JsonValue> all, String name) {
    return all.get(prefix + name) instanceof JsonString text ? text.value() : null;
  }

  private @Nullable Long number(Map<String, JsonValue> all, String name) {
    return all.get(prefix + name) instanceof JsonNumber number && number.isWhole()
        ? (Long) number.toBigDecimal().longValue()
        : null;
  }
}
