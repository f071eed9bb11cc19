package io.tracestore.migration.zipkin;

import io.tracestore.migration.spans.HexIds;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.KeptFields;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanProblem;
import io.tracestore.migration.spans.TextRepair;
import io.tracestore.migration.spans.Tokens;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads one span from its opening brace to its closing one, also if its content is faulty: only
 * text that is not JSON ends it early.
 */
final class ZipkinParser {
  /** The latest time in microseconds that fits into a trace's times. */
  private static final long MAX_MICROS = EpochNanos.of(EpochNanos.MAX) / 1000;

  private static final long NANOS_PER_MICRO = 1000;

  private final JsonParser parser;
  private final TextRepair repair;
  private @Nullable SpanProblem problem;

  private @Nullable String traceId;
  private @Nullable String id;
  private @Nullable String parentId;
  private @Nullable String kind;
  private @Nullable String name;
  private @Nullable Long timestamp;
  private @Nullable Long duration;
  private final Map<String, JsonValue> invalidTimes = new TreeMap<>();
  private @Nullable JsonObject localEndpoint;
  private @Nullable JsonObject remoteEndpoint;
  private final List<V1Annotation> annotations = new ArrayList<>();
  private @Nullable List<V1Tag> v1Tags;
  private final Map<String, JsonValue> tags = new TreeMap<>();
  private @Nullable Boolean shared;
  private @Nullable Boolean debug;
  private final Map<String, JsonValue> other = new TreeMap<>();

  private final long endOffset;

  private ZipkinParser(JsonParser parser, long maxBytes, TextRepair repair) {
    this.parser = parser;
    this.repair = repair;
    this.endOffset = parser.currentTokenLocation().getByteOffset() + maxBytes;
  }

  /**
   * Reads the span that begins at the current token: one, or in the first version of the format one
   * for each service that reports.
   *
   * @param maxBytes a larger one is a problem
   * @throws SpanProblem if it is no valid span; the parser stands at its end then
   */
  static List<Span> parse(JsonParser parser, long maxBytes, TextRepair repair) throws SpanProblem {
    return new ZipkinParser(parser, maxBytes, repair).parse();
  }

  private List<Span> parse() throws SpanProblem {
    TokenStreamLocation start = parser.currentTokenLocation();
    repair.take();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (problem != null) {
        parser.skipChildren();
      } else if (value != JsonToken.VALUE_NULL) {
        readField(field);
      } else if (!isKnown(field)) {
        other.put(field, JsonValue.NULL);
      }
    }
    if (problem != null) {
      throw problem;
    }
    if (traceId == null) {
      throw new SpanProblem(start, "field 'traceId' is missing");
    }
    if (id == null) {
      throw new SpanProblem(start, "field 'id' is missing");
    }
    dropTooLate();
    boolean isRepaired = repair.take();
    List<ZipkinSpan> parts =
        isV1()
            ? V1Spans.split(timestamp, duration, annotations, v1Tags == null ? List.of() : v1Tags)
            : List.of(v2());
    List<Span> spans = new ArrayList<>();
    for (ZipkinSpan part : parts) {
      spans.add(span(traceId, id, part, isRepaired));
    }
    return spans;
  }

  /** The first version has endpoints in annotations, and lists of tags that have them too. */
  private boolean isV1() {
    return v1Tags != null || annotations.stream().anyMatch(each -> each.endpoint() != null);
  }

  private ZipkinSpan v2() {
    ZipkinSpan span = new ZipkinSpan(localEndpoint);
    span.kind = kind;
    span.timestamp = timestamp;
    span.duration = duration;
    span.remoteEndpoint = remoteEndpoint;
    span.shared = shared;
    span.tags.putAll(tags);
    span.annotations.addAll(annotations);
    return span;
  }

  private Span span(String traceId, String id, ZipkinSpan part, boolean isRepaired) {
    JsonObject local = part.localEndpoint;
    JsonValue error = part.tags.get("error");
    Span.Builder span =
        Span.builder(traceId, id)
            .parentId(parentId)
            .kind(part.kind)
            .name(name)
            .timestamp(nanos(part.timestamp))
            .duration(nanos(part.duration))
            .service(serviceOf(local))
            .remoteService(serviceOf(part.remoteEndpoint))
            .place(local == null ? "" : local.toString())
            .error(error instanceof JsonString text ? text.value() : Objects.toString(error, null))
            .annotations(part.annotations.stream().map(V1Annotation::toAnnotation).toList())
            .shared(Boolean.TRUE.equals(part.shared))
            .own("local_endpoint", local)
            .own("remote_endpoint", part.remoteEndpoint)
            .own("shared", part.shared)
            .own("debug", debug)
            .own("repaired_text", isRepaired ? true : null)
            .own("other", other.isEmpty() ? null : other);
    KeptFields.take(part.tags, span);
    span.tags(part.tags);
    invalidTimes.forEach(span::own);
    return span.build();
  }

  private static @Nullable Long nanos(@Nullable Long micros) {
    return micros == null ? null : (Long) (micros * NANOS_PER_MICRO);
  }

  private static @Nullable String serviceOf(@Nullable JsonObject endpoint) {
    return endpoint != null
            && endpoint.members().get("serviceName") instanceof JsonString name
            && !name.value().isEmpty()
        ? name.value()
        : null;
  }

  /**
   * Drops the duration if the end is too late for a trace; the duration is kept as it was reported.
   */
  private void dropTooLate() {
    Long told = duration;
    if (told != null && told > MAX_MICROS - (timestamp == null ? 0 : timestamp)) {
      invalidTimes.put("duration_invalid", JsonValue.of(told));
      duration = null;
    }
  }

  private static boolean isKnown(String field) {
    return switch (field) {
      case "traceId",
          "id",
          "parentId",
          "kind",
          "name",
          "timestamp",
          "duration",
          "localEndpoint",
          "remoteEndpoint",
          "annotations",
          "binaryAnnotations",
          "tags",
          "shared",
          "debug" ->
          true;
      default -> false;
    };
  }

  /** Reads one field; remembers what is wrong with it, and then stands at its end. */
  private void readField(String field) {
    TokenStreamLocation at = parser.currentTokenLocation();
    int depth = parser.streamReadContext().getNestingDepth();
    boolean container = parser.currentToken().isStructStart();
    try {
      setField(field);
    } catch (IllegalArgumentException e) {
      problem = new SpanProblem(at, String.valueOf(e.getMessage()));
      int outside = container ? depth - 1 : depth;
      while (parser.streamReadContext().getNestingDepth() > outside) {
        parser.nextToken();
      }
    }
  }

  private void setField(String field) {
    switch (field) {
      case "traceId" -> traceId = HexIds.traceId(field, text(field));
      case "id" -> id = HexIds.spanId(field, text(field));
      case "parentId" -> parentId = HexIds.parentId(field, emptyToNull(text(field)));
      case "kind" -> kind = emptyToNull(text(field));
      case "name" -> name = emptyToNull(text(field));
      case "timestamp" -> timestamp = zeroToNull(time(field));
      case "duration" -> duration = time(field);
      case "localEndpoint" -> localEndpoint = object(field);
      case "remoteEndpoint" -> remoteEndpoint = object(field);
      case "annotations" -> readAnnotations();
      case "binaryAnnotations" -> readV1Tags();
      case "tags" -> tags.putAll(object(field).members());
      case "shared" -> shared = bool(field);
      case "debug" -> debug = bool(field);
      default -> other.put(repair.check(field), any());
    }
  }

  private void readAnnotations() {
    expect("annotations", "a list", JsonToken.START_ARRAY);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Map<String, JsonValue> members = new TreeMap<>(object("annotations[]").members());
      JsonValue when = members.remove("timestamp");
      JsonValue what = members.remove("value");
      JsonValue where = members.remove("endpoint");
      Long micros = micros(when);
      if (micros == null && when != null) {
        members.put("timestamp", when);
      }
      if (what != null && !(what instanceof JsonString)) {
        members.put("value", what);
      }
      if (where != null && !(where instanceof JsonObject)) {
        members.put("endpoint", where);
      }
      annotations.add(
          new V1Annotation(
              micros,
              what instanceof JsonString value ? value.value() : "",
              where instanceof JsonObject endpoint ? endpoint : null,
              members));
    }
  }

  private void readV1Tags() {
    expect("binaryAnnotations", "a list", JsonToken.START_ARRAY);
    List<V1Tag> list = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Map<String, JsonValue> members = object("binaryAnnotations[]").members();
      if (!(members.get("key") instanceof JsonString key)) {
        throw new IllegalArgumentException(
            "field 'binaryAnnotations' must hold objects with a key");
      }
      JsonValue value = members.get("value");
      JsonValue where = members.get("endpoint");
      list.add(
          new V1Tag(
              key.value(),
              value == null ? JsonValue.NULL : value,
              where instanceof JsonObject endpoint ? endpoint : null));
    }
    v1Tags = list;
  }

  private JsonValue any() {
    return JsonTree.read(parser, endOffset, "span", repair);
  }

  private String text(String field) {
    expect(field, "a text", JsonToken.VALUE_STRING);
    // Checks it as every text of a trace is checked.
    return new JsonString(repair.check(parser.getString())).value();
  }

  private boolean bool(String field) {
    if (parser.currentToken() == JsonToken.VALUE_TRUE) {
      return true;
    }
    expect(field, "true or false", JsonToken.VALUE_FALSE);
    return false;
  }

  private JsonObject object(String field) {
    expect(field, "an object", JsonToken.START_OBJECT);
    return (JsonObject) any();
  }

  /** A time; null, and kept as it was reported, if it makes no sense. */
  private @Nullable Long time(String field) {
    JsonValue told = any();
    Long micros = micros(told);
    if (micros == null) {
      invalidTimes.put(field + "_invalid", told);
    }
    return micros;
  }

  /** Microseconds, as a number or as a text of digits; null if they are none that a trace holds. */
  private static @Nullable Long micros(@Nullable JsonValue told) {
    String literal =
        switch (told) {
          case JsonValue.JsonNumber number -> number.literal();
          case JsonString text -> text.value();
          case null, default -> "";
        };
    try {
      long micros = Long.parseLong(literal);
      return micros < 0 || micros > MAX_MICROS ? null : (Long) micros;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private void expect(String field, String what, JsonToken token) {
    if (parser.currentToken() != token) {
      throw new IllegalArgumentException(
          "field '%s' must be %s, not %s"
              .formatted(field, what, Tokens.name(parser.currentToken())));
    }
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Zipkin writes 0 for a time that is not known. */
  private static @Nullable Long zeroToNull(@Nullable Long micros) {
    return micros == null || micros == 0 ? null : micros;
  }
}
