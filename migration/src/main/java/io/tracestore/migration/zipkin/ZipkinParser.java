package io.tracestore.migration.zipkin;

import io.tracestore.migration.spans.HexIds;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.migration.spans.SpanProblem;
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
 * Reads one span from its opening brace to its closing one, whatever is wrong in between: only text
 * that is no JSON ends it early.
 */
final class ZipkinParser {
  /** Microseconds; what lies behind does not fit into a trace's times. */
  private static final long MAX_MICROS = EpochNanos.of(EpochNanos.MAX) / 1000;

  private static final long NANOS_PER_MICRO = 1000;

  private final JsonParser parser;
  private @Nullable SpanProblem problem;

  private @Nullable String traceId;
  private @Nullable String id;
  private @Nullable String parentId;
  private @Nullable String kind;
  private @Nullable String name;
  private @Nullable Long timestamp;
  private @Nullable Long duration;
  private @Nullable JsonObject localEndpoint;
  private @Nullable JsonObject remoteEndpoint;
  private final List<Annotation> annotations = new ArrayList<>();
  private final Map<String, JsonValue> tags = new TreeMap<>();
  private @Nullable Boolean shared;
  private @Nullable Boolean debug;
  private final Map<String, JsonValue> other = new TreeMap<>();

  private final long endOffset;

  private ZipkinParser(JsonParser parser, long maxBytes) {
    this.parser = parser;
    this.endOffset = parser.currentTokenLocation().getByteOffset() + maxBytes;
  }

  /**
   * Reads the span that begins at the current token.
   *
   * @param maxBytes a larger one is a problem
   * @throws SpanProblem if it is no valid span; the parser stands at its end then
   */
  static Span parse(JsonParser parser, long maxBytes) throws SpanProblem {
    return new ZipkinParser(parser, maxBytes).parse();
  }

  private Span parse() throws SpanProblem {
    TokenStreamLocation start = parser.currentTokenLocation();
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
    refuseTooLate(start);
    return span(traceId, id);
  }

  private Span span(String traceId, String id) {
    JsonValue error = tags.get("error");
    Span.Builder span =
        Span.builder(traceId, id)
            .parentId(parentId)
            .kind(kind)
            .name(name)
            .timestamp(nanos(timestamp))
            .duration(nanos(duration))
            .service(serviceOf(localEndpoint))
            .remoteService(serviceOf(remoteEndpoint))
            .place(localEndpoint == null ? "" : localEndpoint.toString())
            .error(error instanceof JsonString text ? text.value() : Objects.toString(error, null))
            .annotations(annotations)
            .tags(tags)
            .shared(Boolean.TRUE.equals(shared))
            .own("local_endpoint", localEndpoint)
            .own("remote_endpoint", remoteEndpoint)
            .own("shared", shared)
            .own("debug", debug)
            .own("other", other.isEmpty() ? null : other);
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

  private void refuseTooLate(TokenStreamLocation start) throws SpanProblem {
    long begin = timestamp == null ? 0 : timestamp;
    if (duration != null && duration > MAX_MICROS - begin) {
      throw new SpanProblem(start, "it ends after the year 2262, later than a trace can hold");
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
      case "parentId" -> parentId = HexIds.spanId(field, text(field));
      case "kind" -> kind = text(field);
      case "name" -> name = emptyToNull(text(field));
      case "timestamp" -> timestamp = zeroToNull(micros(field));
      case "duration" -> duration = micros(field);
      case "localEndpoint" -> localEndpoint = object(field);
      case "remoteEndpoint" -> remoteEndpoint = object(field);
      case "annotations" -> readAnnotations();
      case "tags" -> tags.putAll(object(field).members());
      case "shared" -> shared = bool(field);
      case "debug" -> debug = bool(field);
      default -> other.put(field, JsonTree.read(parser, endOffset, "span"));
    }
  }

  private void readAnnotations() {
    expect("annotations", "a list", JsonToken.START_ARRAY);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Map<String, JsonValue> members = new TreeMap<>(object("annotations[]").members());
      JsonValue when = members.remove("timestamp");
      JsonValue what = members.remove("value");
      if (!(when instanceof JsonValue.JsonNumber number) || !(what instanceof JsonString value)) {
        throw new IllegalArgumentException(
            "field 'annotations' must hold objects with a timestamp and a value");
      }
      annotations.add(
          new Annotation(
              micros("annotations", number.literal()) * NANOS_PER_MICRO,
              value.value(),
              Map.of(),
              members.isEmpty() ? Map.of() : Map.of("other", new JsonObject(members))));
    }
  }

  private String text(String field) {
    expect(field, "a text", JsonToken.VALUE_STRING);
    // Checks it as every text of a trace is checked.
    return new JsonString(parser.getString()).value();
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
    return (JsonObject) JsonTree.read(parser, endOffset, "span");
  }

  private long micros(String field) {
    expect(field, "a whole number of microseconds", JsonToken.VALUE_NUMBER_INT);
    return micros(field, parser.getString());
  }

  private static long micros(String field, String literal) {
    long value;
    try {
      value = Long.parseLong(literal);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "field '%s' must be a whole number of microseconds: %s".formatted(field, literal), e);
    }
    if (value < 0 || value > MAX_MICROS) {
      throw new IllegalArgumentException(
          "field '%s' must be between 0 and %d microseconds: %s"
              .formatted(field, MAX_MICROS, literal));
    }
    return value;
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
  private static @Nullable Long zeroToNull(long micros) {
    return micros == 0 ? null : (Long) micros;
  }
}
