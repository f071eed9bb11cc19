package io.tracestore.migration.otlp;

import io.tracestore.migration.json.JsonSpanReader;
import io.tracestore.migration.spans.Tokens;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonObject;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads OTLP's JSON: objects with {@code resourceSpans}, one after the other (JSON Lines) or in a
 * list. Holds one span, one resource and one scope at a time.
 *
 * <p>Fields may be spelled {@code scopeSpans} or {@code scope_spans}. Unknown fields are kept with
 * the spans that follow them; {@code schemaUrl} and others that stand after the spans come too
 * late. The wrappers of other tools, {@code batches} and {@code trace}, are read as well. Objects
 * of other signals, such as {@code resourceMetrics}, are passed over and counted.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding">JSON Protobuf
 *     Encoding</a>
 */
final class OtlpJsonReader extends JsonSpanReader {
  /** The list or object that the parser stands in. */
  private enum Place {
    TOP,
    REQUEST,
    RESOURCES,
    RESOURCE,
    SCOPES,
    SCOPE,
    SPANS
  }

  private final OtlpSpans spans = new OtlpSpans();
  private final Deque<Place> outer = new ArrayDeque<>();
  private Place place = Place.TOP;
  private int lists;
  private boolean resourceHadSpans;
  private boolean scopeHadSpans;

  OtlpJsonReader(InputStream in, String source, long maxBytes) {
    super(in, source, maxBytes);
  }

  @Override
  protected void reset() {
    outer.clear();
    place = Place.TOP;
    lists = 0;
  }

  @Override
  protected void step(JsonToken token) {
    switch (place) {
      case TOP -> top(token);
      case REQUEST -> request(token);
      case RESOURCES -> element(token, Place.RESOURCE, "resourceSpans");
      case RESOURCE -> resource(token);
      case SCOPES -> element(token, Place.SCOPE, "scopeSpans");
      case SCOPE -> scope(token);
      case SPANS -> span(token);
    }
  }

  private void goInto(Place inner) {
    outer.push(place);
    place = inner;
  }

  private void goOut() {
    place = outer.pop();
  }

  private void top(JsonToken token) {
    switch (token) {
      case START_OBJECT -> goInto(Place.REQUEST);
      case END_ARRAY -> lists--;
      case START_ARRAY -> {
        if (lists == 1) {
          refuseInsteadOf("an object with resourceSpans", token);
        } else {
          lists++;
        }
      }
      default -> refuseInsteadOf("an object with resourceSpans", token);
    }
  }

  private void request(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      goOut();
      return;
    }
    String name = camelCase(parser().currentName());
    switch (name) {
      case "resourceSpans", "batches" -> enter(name, Place.RESOURCES);
      case "trace" -> wrapper();
      case "resourceMetrics" -> passOver("metrics");
      case "resourceLogs" -> passOver("logs");
      case "resourceProfiles" -> passOver("profiles");
      default -> skipValue();
    }
  }

  /** An object around a request. */
  private void wrapper() {
    JsonToken value = parser().nextToken();
    if (value == JsonToken.START_OBJECT) {
      goInto(Place.REQUEST);
    } else {
      parser().skipChildren();
    }
  }

  private void passOver(String signal) {
    skipValue();
    add(new PassedOver(signal));
  }

  /** A list that is to be entered. */
  private void enter(String name, Place list) {
    JsonToken value = parser().nextToken();
    if (value == JsonToken.START_ARRAY) {
      goInto(list);
    } else if (value != JsonToken.VALUE_NULL) {
      refuseValue("field '%s' must be a list, not %s".formatted(name, Tokens.name(value)));
    }
  }

  private void element(JsonToken token, Place inside, String name) {
    switch (token) {
      case END_ARRAY -> goOut();
      case START_OBJECT -> {
        goInto(inside);
        if (inside == Place.RESOURCE) {
          resourceHadSpans = false;
          spans.startResource();
        } else {
          scopeHadSpans = false;
          spans.startScope();
        }
      }
      default ->
          refuseValue("field '%s[]' must be an object, not %s".formatted(name, Tokens.name(token)));
    }
  }

  private void resource(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      goOut();
      return;
    }
    String name = camelCase(parser().currentName());
    switch (name) {
      case "scopeSpans", "instrumentationLibrarySpans" -> enter(name, Place.SCOPES);
      case "resource" -> around(name, resourceHadSpans, spans::resource);
      default -> around(name, resourceHadSpans, value -> spans.resourceEntry(name, value));
    }
  }

  private void scope(JsonToken token) {
    if (token == JsonToken.END_OBJECT) {
      goOut();
      return;
    }
    String name = camelCase(parser().currentName());
    switch (name) {
      case "spans" -> enter(name, Place.SPANS);
      case "scope", "instrumentationLibrary" -> around(name, scopeHadSpans, spans::scope);
      default -> around(name, scopeHadSpans, value -> spans.scopeEntry(name, value));
    }
  }

  /** A field that belongs to the spans after it; standing after them, it would come too late. */
  private void around(String name, boolean hadSpans, Consumer<JsonValue> setter) {
    JsonToken token = parser().nextToken();
    TokenStreamLocation at = parser().currentTokenLocation();
    try {
      JsonValue value = camelCase(value(name));
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      if (hadSpans && !name.equals("schemaUrl")) {
        refuse(at, "'%s' stands after its spans, which are taken without it".formatted(name));
      } else if (!hadSpans) {
        setter.accept(value);
      }
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void span(JsonToken token) {
    if (token == JsonToken.END_ARRAY) {
      goOut();
      return;
    }
    resourceHadSpans = true;
    scopeHadSpans = true;
    TokenStreamLocation at = parser().currentTokenLocation();
    if (token != JsonToken.START_OBJECT) {
      refuseInsteadOf("a span", token);
      return;
    }
    repair().take();
    try {
      JsonObject object = (JsonObject) camelCase(value("span"));
      found(spans.span(object, repair().take()), at);
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Renames all members to camel case. This is safe: no name in OTLP's JSON is a user's, since
   * their keys are values.
   */
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
}
