package io.tracestore.migration.jaeger;

import io.tracestore.migration.spans.Fields;
import io.tracestore.migration.spans.HexIds;
import io.tracestore.migration.spans.KeptFields;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes spans of those in one of Jaeger's traces.
 *
 * @see <a
 *     href="https://github.com/jaegertracing/jaeger/blob/main/internal/uimodel/model.go">Jaeger's
 *     model of this JSON</a>
 */
final class JaegerSpans {
  private static final long NANOS_PER_MICRO = 1000;
  private static final long MAX_MICROS = EpochNanos.of(EpochNanos.MAX) / NANOS_PER_MICRO;

  private final Map<String, Recorder> processes = new HashMap<>();

  /** The fields of the trace that have no other place; null if there are none. */
  private final @Nullable Map<String, JsonValue> traceOther;

  /** The process that recorded a span. */
  private record Recorder(
      @Nullable String service,
      Map<String, JsonValue> tags,
      List<JsonValue> again,
      @Nullable Map<String, JsonValue> other) {}

  /**
   * @param trace the fields of a trace
   * @throws IllegalArgumentException if its processes are not valid; it names the field
   */
  JaegerSpans(Fields trace) {
    Fields all = trace.object("processes");
    if (all != null) {
      all.others()
          .forEach((id, value) ->
              processes.put(id, process(Fields.of(value, trace.pathOf("processes." + id)))));
    }
    trace.value("traceID"); // each span has it
    Map<String, JsonValue> other = trace.others();
    other.remove("warnings", JsonValue.NULL);
    traceOther = other.isEmpty() ? null : other;
  }

  private static Recorder process(Fields fields) {
    String service = fields.text("serviceName");
    Tags tags = new Tags(fields, "tags");
    return new Recorder(service, tags.values, tags.again, fields.othersIfAny());
  }

  /**
   * One span.
   *
   * @param isRepaired whether a text of its trace was repaired
   * @throws IllegalArgumentException if it is not valid; it names the field
   */
  Span span(Fields fields, boolean isRepaired) {
    String traceId = HexIds.traceId(fields.pathOf("traceID"), fields.requiredText("traceID"));
    String id = HexIds.spanId(fields.pathOf("spanID"), fields.requiredText("spanID"));
    Recorder process = processOf(fields);
    Tags tags = new Tags(fields, "tags");
    List<Annotation> annotations = annotations(fields);
    Long start = micros(fields, "startTime");
    Long duration = micros(fields, "duration");
    if (start != null && duration != null && duration > MAX_MICROS - start) {
      duration = null;
    }
    Span.Builder span =
        Span.builder(traceId, id)
            .name(fields.text("operationName"))
            .kind(kind(tags))
            .timestamp(start == null || start == 0 ? null : start * NANOS_PER_MICRO)
            .duration(duration == null ? null : duration * NANOS_PER_MICRO)
            .service(process.service())
            .remoteService(tags.text("peer.service"))
            .place(process.service() == null ? "" : process.service())
            .error(error(tags, annotations))
            .annotations(annotations)
            .own("process", process.tags().isEmpty() ? null : process.tags())
            .own("process_tags_again", arrayIfAny(process.again()))
            .own("process_other", process.other())
            .own("trace_other", traceOther)
            .own("repaired_text", isRepaired ? true : null)
            .own("start_time_invalid", start == null ? fields.value("startTime") : null)
            .own("duration_invalid", duration == null ? fields.value("duration") : null)
            .own("tags_again", arrayIfAny(tags.again));
    KeptFields.take(tags.values, span);
    span.tags(tags.values);
    setParent(span, fields, traceId);
    List<JsonValue> warnings = fields.list("warnings");
    return span.own("flags", fields.whole("flags"))
        .own("warnings", arrayIfAny(warnings))
        .own("other", fields.othersIfAny())
        .build();
  }

  private static @Nullable JsonValue arrayIfAny(List<JsonValue> list) {
    return list.isEmpty() ? null : new JsonArray(list);
  }

  private Recorder processOf(Fields span) {
    Fields own = span.object("process");
    String id = span.text("processID");
    if (own != null) {
      return process(own);
    }
    Recorder process = id == null ? null : processes.get(id);
    return process != null ? process : new Recorder(null, Map.of(), List.of(), null);
  }

  /** A time; null if it is none that a trace can hold. */
  private static @Nullable Long micros(Fields fields, String name) {
    Long micros = fields.time(name);
    return micros == null || micros > MAX_MICROS ? null : micros;
  }

  private static @Nullable String kind(Tags tags) {
    String kind = tags.text("span.kind");
    return kind == null ? null : kind.toUpperCase(Locale.ROOT);
  }

  /** The tag {@code error}; what went wrong is often in a log beside it. */
  private static @Nullable String error(Tags tags, List<Annotation> annotations) {
    JsonValue error = tags.values.get("error");
    boolean failed =
        switch (error) {
          case null -> false;
          case JsonBoolean flag -> flag.value();
          case JsonString text -> !text.value().equalsIgnoreCase("false");
          default -> true;
        };
    if (!failed) {
      return null;
    }
    if (error instanceof JsonString text && !text.value().equalsIgnoreCase("true")) {
      return text.value();
    }
    String description = tags.text("otel.status_description");
    return description != null ? description : logged(annotations).orElse("");
  }

  private static Optional<String> logged(List<Annotation> annotations) {
    return annotations.stream()
        .filter(each -> each.value().equals("error") || each.value().equals("exception"))
        .flatMap(each ->
            List.of("message", "error.object", "exception.message").stream()
                .map(each.tags()::get)
                .filter(Objects::nonNull))
        .map(value -> value instanceof JsonString text ? text.value() : value.toString())
        .findFirst();
  }

  /** The first CHILD_OF within the trace, or else the first reference within it. */
  private static void setParent(Span.Builder span, Fields fields, String traceId) {
    String told = fields.text("parentSpanID");
    String parent = told;
    String first = null;
    List<JsonValue> references = fields.list("references");
    boolean isPlain = references.size() <= 1;
    for (int i = 0; i < references.size(); i++) {
      Fields reference =
          Fields.of(references.get(i), "%s[%d]".formatted(fields.pathOf("references"), i));
      boolean isChild = "CHILD_OF".equals(reference.text("refType"));
      String otherTrace = reference.requiredText("traceID");
      String otherSpan = reference.requiredText("spanID");
      boolean isSameTrace = HexIds.traceId(reference.pathOf("traceID"), otherTrace).equals(traceId);
      isPlain =
          isPlain
              && isChild
              && isSameTrace
              && (told == null || told.equals(otherSpan))
              && reference.othersIfAny() == null;
      if (isSameTrace && isChild && parent == null) {
        parent = otherSpan;
      }
      first = isSameTrace && first == null ? otherSpan : first;
    }
    parent = parent != null ? parent : first;
    span.parentId(HexIds.parentId(fields.pathOf("parentSpanID"), parent));
    span.own("references", isPlain ? null : new JsonArray(references));
  }

  private static List<Annotation> annotations(Fields span) {
    List<Annotation> annotations = new ArrayList<>();
    List<JsonValue> logs = span.list("logs");
    for (int i = 0; i < logs.size(); i++) {
      Fields log = Fields.of(logs.get(i), "%s[%d]".formatted(span.pathOf("logs"), i));
      Long time = micros(log, "timestamp");
      Tags fields = new Tags(log, "fields");
      String event = fields.text("event");
      Map<String, JsonValue> own = new LinkedHashMap<>();
      if (!fields.again.isEmpty()) {
        own.put("tags_again", new JsonArray(fields.again));
      }
      JsonValue told = log.value("timestamp");
      if (time == null && told != null) {
        own.put("time_invalid", told);
      }
      Map<String, JsonValue> others = log.othersIfAny();
      if (others != null) {
        own.put("other", JsonValue.object(others));
      }
      annotations.add(
          new Annotation(
              time == null ? null : (Long) (time * NANOS_PER_MICRO),
              event == null ? "" : event,
              fields.values,
              own));
    }
    return annotations;
  }

  /** A list of keys with values; a key may stand in it more than once. */
  private static final class Tags {
    private final Map<String, JsonValue> values = new LinkedHashMap<>();
    private final List<JsonValue> again = new ArrayList<>();

    Tags(Fields owner, String name) {
      List<JsonValue> list = owner.list(name);
      for (int i = 0; i < list.size(); i++) {
        Fields tag = Fields.of(list.get(i), "%s[%d]".formatted(owner.pathOf(name), i));
        String told = tag.text("key");
        String key = told == null ? "" : told;
        boolean isKept = KeptFields.isKept(key);
        while (isKept && values.containsKey(key)) {
          key += ".again";
        }
        if (values.putIfAbsent(key, value(tag)) != null) {
          again.add(list.get(i));
        }
      }
    }

    @Nullable String text(String key) {
      return values.get(key) instanceof JsonString text && !text.value().isEmpty()
          ? text.value()
          : null;
    }

    /** Numbers and booleans may be written as texts; the type tells them. */
    private static JsonValue value(Fields tag) {
      JsonValue value = tag.value("value");
      String type = tag.text("type");
      if (value == null) {
        return JsonValue.NULL;
      }
      if (type != null && value instanceof JsonString text) {
        return switch (type) {
          case "int64" -> number(tag, text.value(), "-?\\d{1,19}");
          case "float64" -> number(tag, text.value(), "-?\\d{1,400}(\\.\\d+)?([eE][-+]?\\d{1,3})?");
          case "bool" -> bool(tag, text.value());
          case "binary" -> JsonValue.object(Map.of("jaeger.binary", value));
          default -> value;
        };
      }
      return value;
    }

    private static JsonValue number(Fields tag, String text, String pattern) {
      if (!text.matches(pattern)) {
        throw new IllegalArgumentException(
            "field '%s' must be a number".formatted(tag.pathOf("value")));
      }
      return new JsonNumber(text);
    }

    private static JsonValue bool(Fields tag, String text) {
      return switch (text) {
        case "true" -> new JsonBoolean(true);
        case "false" -> new JsonBoolean(false);
        default ->
            throw new IllegalArgumentException(
                "field '%s' must be true or false".formatted(tag.pathOf("value")));
      };
    }
  }
}
