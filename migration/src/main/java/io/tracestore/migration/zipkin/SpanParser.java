package io.tracestore.migration.zipkin;

import io.tracestore.migration.zipkin.ZipkinSpan.Annotation;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads one span from its opening brace to its closing one, whatever is wrong in between: only text
 * that is no JSON ends it early.
 */
final class SpanParser {
  /** Microseconds; what lies behind does not fit into a trace's times. */
  private static final long MAX_MICROS = EpochNanos.of(EpochNanos.MAX) / 1000;

  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");
  private static final Pattern ZEROS = Pattern.compile("0+");
  private static final String NO_UPPER_HALF = "0".repeat(16);

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

  private SpanParser(JsonParser parser, long maxBytes) {
    this.parser = parser;
    this.endOffset = parser.currentTokenLocation().getByteOffset() + maxBytes;
  }

  /**
   * Reads the span that begins at the current token.
   *
   * @param maxBytes a larger one is a problem
   * @throws SpanProblem if it is no valid span; the parser stands at its end then
   */
  static ZipkinSpan parse(JsonParser parser, long maxBytes) throws SpanProblem {
    return new SpanParser(parser, maxBytes).parse();
  }

  private ZipkinSpan parse() throws SpanProblem {
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
    return new ZipkinSpan(
        traceId,
        id,
        parentId,
        kind,
        name,
        timestamp,
        duration,
        localEndpoint,
        remoteEndpoint,
        annotations,
        tags,
        shared,
        debug,
        other);
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
      case "traceId" -> traceId = traceId(text(field));
      case "id" -> id = spanId(field);
      case "parentId" -> parentId = spanId(field);
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
      default -> other.put(field, JsonTree.read(parser, endOffset));
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
          new Annotation(micros("annotations", number.literal()), value.value(), members));
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
    return (JsonObject) JsonTree.read(parser, endOffset);
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

  private static String traceId(String text) {
    String hex = hex("traceId", text, 32);
    String padded = "0".repeat((hex.length() <= 16 ? 16 : 32) - hex.length()) + hex;
    return padded.length() == 32 && padded.startsWith(NO_UPPER_HALF)
        ? padded.substring(16)
        : padded;
  }

  private String spanId(String field) {
    String hex = hex(field, text(field), 16);
    return "0".repeat(16 - hex.length()) + hex;
  }

  private static String hex(String field, String text, int maxDigits) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.length() > maxDigits || !HEX.matcher(lower).matches()) {
      throw new IllegalArgumentException(
          "field '%s' must be 1 to %d hexadecimal digits: '%s'"
              .formatted(
                  field, maxDigits, text.length() <= 40 ? text : text.substring(0, 40) + "..."));
    }
    if (ZEROS.matcher(lower).matches()) {
      throw new IllegalArgumentException("field '%s' must not be zero".formatted(field));
    }
    return lower;
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }

  /** Zipkin writes 0 for a time that is not known. */
  private static @Nullable Long zeroToNull(long micros) {
    return micros == 0 ? null : (Long) micros;
  }
}
