package io.tracestore.migration.jaeger;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.Rejection;
import io.tracestore.migration.json.JsonProblems;
import io.tracestore.migration.spans.Fields;
import io.tracestore.migration.spans.JsonTree;
import io.tracestore.migration.spans.Skipping;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.spans.Tokens;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads the JSON that Jaeger's interface downloads and its query API answers with: {@code
 * {"data":[TRACE...]}}; a trace alone, a list of them, or lines of any of these. Holds one trace at
 * a time, because its processes may stand behind its spans.
 */
public final class JaegerReader implements SpanReader {
  private final String source;
  private final long maxBytes;
  private final JsonParser parser;
  private final Queue<Item> ready = new ArrayDeque<>();

  /** The fields of an outer object that were read so far, except its data; null outside of one. */
  private @Nullable Map<String, JsonValue> outer;

  private @Nullable TokenStreamLocation outerAt;
  private boolean inData;
  private int lists;
  private boolean ended;

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxBytes larger traces are refused
   */
  public JaegerReader(InputStream in, String source, long maxBytes) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.parser = JsonTree.FACTORY.createParser(ObjectReadContext.empty(), in);
  }

  @Override
  public @Nullable Item next() {
    try {
      while (ready.isEmpty() && !ended) {
        step(parser.nextToken());
      }
    } catch (JacksonException e) {
      ended = true;
      ready.add(new Refused(JsonProblems.rejection(source, e)));
    }
    return ready.poll();
  }

  private void step(@Nullable JsonToken token) {
    if (token == null) {
      ended = true;
    } else if (inData) {
      data(token);
    } else if (outer != null) {
      field(token, outer);
    } else {
      top(token);
    }
  }

  private void top(JsonToken token) {
    switch (token) {
      case START_OBJECT -> {
        outer = new TreeMap<>();
        outerAt = parser.currentTokenLocation();
      }
      case END_ARRAY -> lists--;
      case START_ARRAY -> {
        if (lists == 1) {
          refuseValue("expected a trace, found a list");
        } else {
          lists++;
        }
      }
      default -> refuseValue("expected a trace, found " + Tokens.name(token));
    }
  }

  private void field(JsonToken token, Map<String, JsonValue> fields) {
    if (token == JsonToken.END_OBJECT) {
      TokenStreamLocation at = outerAt != null ? outerAt : parser.currentTokenLocation();
      outer = null;
      endOuter(at, fields);
      return;
    }
    String name = parser.currentName();
    JsonToken value = parser.nextToken();
    if (name.equals("data") && value == JsonToken.START_ARRAY) {
      inData = true;
      return;
    }
    TokenStreamLocation at = parser.currentTokenLocation();
    try {
      fields.put(name, Skipping.read(parser, maxBytes, "trace"));
    } catch (IllegalArgumentException e) {
      refuse(at, "field '%s': %s".formatted(name, e.getMessage()));
    }
  }

  /** A trace of its own, or what stood around a list of them. */
  private void endOuter(TokenStreamLocation at, Map<String, JsonValue> fields) {
    if (fields.containsKey("spans")) {
      trace(at, new Fields(fields, ""));
    }
    if (fields.get("errors") instanceof JsonValue.JsonArray errors
        && !errors.elements().isEmpty()) {
      refuse(at, "Jaeger reports errors: " + ReflowJson.write(errors));
    }
  }

  private void data(JsonToken token) {
    if (token == JsonToken.END_ARRAY) {
      inData = false;
      return;
    }
    TokenStreamLocation at = parser.currentTokenLocation();
    if (token != JsonToken.START_OBJECT) {
      refuseValue("expected a trace, found " + Tokens.name(token));
      return;
    }
    try {
      trace(at, new Fields(((JsonObject) Skipping.read(parser, maxBytes, "trace")).members(), ""));
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void trace(TokenStreamLocation at, Fields trace) {
    try {
      JaegerSpans spans = new JaegerSpans(trace);
      List<JsonValue> list = trace.list("spans");
      for (int i = 0; i < list.size(); i++) {
        span(at, spans, list.get(i), "spans[%d]".formatted(i));
      }
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void span(TokenStreamLocation at, JaegerSpans spans, JsonValue value, String path) {
    try {
      ready.add(new Found(spans.span(Fields.of(value, path)), at.getLineNr(), at.getColumnNr()));
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void refuseValue(String reason) {
    TokenStreamLocation at = parser.currentTokenLocation();
    parser.skipChildren();
    refuse(at, reason);
  }

  private void refuse(TokenStreamLocation at, String reason) {
    ready.add(new Refused(Rejection.at(source, at.getLineNr(), at.getColumnNr(), reason)));
  }

  @Override
  public void close() {
    parser.close();
  }
}
