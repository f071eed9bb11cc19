package io.tracestore.migration.otlp;

import io.tracestore.migration.Rejection;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.Skipping;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.spans.Tokens;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import java.io.InputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads OTLP's JSON: objects with {@code resourceSpans}, one behind the other (JSON Lines) or in a
 * list. Holds one span, one resource and one scope at a time.
 *
 * <p>Fields may be spelled {@code scopeSpans} or {@code scope_spans}; unknown ones are passed over,
 * as the specification asks, except in spans, where they are kept. So is {@code schemaUrl}, which
 * stands behind the spans that it tells of.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     Encoding</a>
 */
final class OtlpJsonReader implements SpanReader {
  /** What the parser stands in. */
  private enum Place {
    TOP,
    REQUEST,
    RESOURCES,
    RESOURCE,
    SCOPES,
    SCOPE,
    SPANS
  }

  private final String source;
  private final long maxBytes;
  private final JsonParser parser;
  private final OtlpSpans spans = new OtlpSpans();
  private Place place = Place.TOP;
  private int lists;
  private boolean resourceHadSpans;
  private boolean scopeHadSpans;
  private boolean ended;

  OtlpJsonReader(InputStream in, String source, long maxBytes) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.parser = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  @Override
  public @Nullable Item next() {
    if (ended) {
      return null;
    }
    try {
      while (true) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          ended = true;
          return null;
        }
        Item item = step(token);
        if (item != null) {
          return item;
        }
      }
    } catch (JacksonException e) {
      ended = true;
      return new Refused(JsonProblems.rejection(source, e));
    }
  }

  private @Nullable Item step(JsonToken token) {
    return switch (place) {
      case TOP -> top(token);
      case REQUEST -> request(token);
      case RESOURCES -> element(token, Place.REQUEST, Place.RESOURCE, "resourceSpans");
      case RESOURCE -> resource(token);
      case SCOPES -> element(token, Place.RESOURCE, Place.SCOPE, "scopeSpans");
      case SCOPE -> scope(token);
      case SPANS -> span(token);
    };
  }

  private @Nullable Item top(JsonToken token) {
    switch (token) {
      case START_OBJECT -> place = Place.REQUEST;
      case END_ARRAY -> lists--;
      case START_ARRAY -> {
        if (lists == 1) {
          return refuseValue("expected an object with resourceSpans, found a list");
        }
        lists++;
      }
      default -> {
        return refuseValue("expected an object with resourceSpans, found " + Tokens.name(token));
      }
    }
    return null;
  }

  private @Nullable Item request(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      place = Place.TOP;
      return null;
    }
    String name = camelCase(parser.currentName());
    return name.equals("resourceSpans") ? enter(name, Place.RESOURCES) : skip();
  }

  /** A list that is to be entered. */
  private @Nullable Item enter(String name, Place list) {
    JsonToken value = parser.nextToken();
    if (value == JsonToken.START_ARRAY) {
      place = list;
      return null;
    }
    return value == JsonToken.VALUE_NULL
        ? null
        : refuseValue("field '%s' must be a list, not %s".formatted(name, Tokens.name(value)));
  }

  private @Nullable Item skip() {
    parser.nextToken();
    parser.skipChildren();
    return null;
  }

  private @Nullable Item element(JsonToken token, Place outside, Place inside, String name) {
    switch (token) {
      case END_ARRAY -> place = outside;
      case START_OBJECT -> {
        place = inside;
        if (inside == Place.RESOURCE) {
          resourceHadSpans = false;
          spans.startResource();
        } else {
          scopeHadSpans = false;
          spans.startScope();
        }
      }
      default -> {
        return refuseValue(
            "field '%s[]' must be an object, not %s".formatted(name, Tokens.name(token)));
      }
    }
    return null;
  }

  private @Nullable Item resource(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      place = Place.RESOURCES;
      return null;
    }
    String name = camelCase(parser.currentName());
    return switch (name) {
      case "scopeSpans", "instrumentationLibrarySpans" -> enter(name, Place.SCOPES);
      case "resource" -> around(name, resourceHadSpans, spans::resource);
      default -> skip();
    };
  }

  private @Nullable Item scope(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      place = Place.SCOPES;
      return null;
    }
    String name = camelCase(parser.currentName());
    return switch (name) {
      case "spans" -> enter(name, Place.SPANS);
      case "scope", "instrumentationLibrary" -> around(name, scopeHadSpans, spans::scope);
      default -> skip();
    };
  }

  /** What belongs to the spans behind it; standing behind them, it would come too late. */
  private @Nullable Item around(String name, boolean hadSpans, Consumer<JsonValue> setter) {
    JsonToken token = parser.nextToken();
    TokenStreamLocation at = parser.currentTokenLocation();
    try {
      JsonValue value = camelCase(Skipping.read(parser, maxBytes, name));
      if (token == JsonToken.VALUE_NULL) {
        return null;
      }
      if (hadSpans) {
        return refuse(
            at, "'%s' stands behind its spans, which are taken without it".formatted(name));
      }
      setter.accept(value);
      return null;
    } catch (IllegalArgumentException e) {
      return refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private @Nullable Item span(JsonToken token) {
    if (token == JsonToken.END_ARRAY) {
      place = Place.SCOPE;
      return null;
    }
    resourceHadSpans = true;
    scopeHadSpans = true;
    TokenStreamLocation at = parser.currentTokenLocation();
    if (token != JsonToken.START_OBJECT) {
      return refuseValue("expected a span, found " + Tokens.name(token));
    }
    try {
      JsonObject object = (JsonObject) camelCase(Skipping.read(parser, maxBytes, "span"));
      return new Found(spans.span(object), at.getLineNr(), at.getColumnNr());
    } catch (IllegalArgumentException e) {
      return refuse(at, String.valueOf(e.getMessage()));
    }
  }

  /** No name in OTLP's JSON is a user's: their keys are values. */
  private static JsonValue camelCase(JsonValue value) {
    return switch (value) {
      case JsonObject object -> {
        Map<String, JsonValue> members = new TreeMap<>();
        object.members().forEach((name, each) -> members.put(camelCase(name), camelCase(each)));
        yield new JsonObject(members);
      }
      case JsonArray array ->
          new JsonArray(array.elements().stream().map(OtlpJsonReader::camelCase).toList());
      default -> value;
    };
  }

  /** The spelling of JSON for the one of the protocol's definition. */
  private static String camelCase(String name) {
    if (name.indexOf('_') < 0) {
      return name;
    }
    StringBuilder camel = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean follows = i > 0 && name.charAt(i - 1) == '_';
      if (c != '_') {
        camel.append(follows ? Character.toUpperCase(c) : c);
      }
    }
    return camel.toString();
  }

  private Item refuseValue(String reason) {
    TokenStreamLocation at = parser.currentTokenLocation();
    parser.skipChildren();
    return refuse(at, reason);
  }

  private Item refuse(TokenStreamLocation at, String reason) {
    return new Refused(Rejection.at(source, at.getLineNr(), at.getColumnNr(), reason));
  }

  @Override
  public void close() {
    parser.close();
  }
}
