package io.tracestore.migration.jaeger;

import io.tracestore.codec.ReflowJson;
import io.tracestore.migration.json.JsonSpanReader;
import io.tracestore.migration.spans.Fields;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;

/**
 * Reads the JSON that Jaeger's interface downloads and its query API answers with: {@code
 * {"data":[TRACE...]}}, also with one trace in place of the list; a trace alone, a list of them,
 * spans alone that hold their process, or lines of any of these. Holds one trace at a time, because
 * its processes may stand after its spans.
 */
public final class JaegerReader extends JsonSpanReader {
  /** The fields of an outer object that were read so far, except its data; null outside of one. */
  private @Nullable Map<String, JsonValue> outer;

  private @Nullable TokenStreamLocation outerAt;
  private boolean inData;
  private int lists;

  /**
   * @param in closed by the caller
   * @param source what messages call it
   * @param maxBytes larger traces are refused
   */
  public JaegerReader(InputStream in, String source, long maxBytes) {
    super(in, source, maxBytes);
  }

  @Override
  protected void reset() {
    outer = null;
    inData = false;
    lists = 0;
  }

  @Override
  protected void step(JsonToken token) {
    if (inData) {
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
        outerAt = parser().currentTokenLocation();
        repair().take();
      }
      case END_ARRAY -> lists--;
      case START_ARRAY -> {
        if (lists == 1) {
          refuseInsteadOf("a trace", token);
        } else {
          lists++;
        }
      }
      default -> refuseInsteadOf("a trace", token);
    }
  }

  private void field(JsonToken token, Map<String, JsonValue> fields) {
    if (token == JsonToken.END_OBJECT) {
      TokenStreamLocation at = outerAt != null ? outerAt : parser().currentTokenLocation();
      outer = null;
      endOuter(at, fields);
      return;
    }
    String name = parser().currentName();
    JsonToken value = parser().nextToken();
    if (name.equals("data") && value == JsonToken.START_ARRAY) {
      inData = true;
      return;
    }
    TokenStreamLocation at = parser().currentTokenLocation();
    try {
      JsonValue read = value("trace");
      if (name.equals("data") && read instanceof JsonObject trace) {
        trace(at, new Fields(trace.members(), ""));
      } else {
        fields.put(name, read);
      }
    } catch (IllegalArgumentException e) {
      refuse(at, "field '%s': %s".formatted(name, e.getMessage()));
    }
  }

  /** A trace or a span of its own, or what stood around a list of them. */
  private void endOuter(TokenStreamLocation at, Map<String, JsonValue> fields) {
    if (fields.containsKey("spans")) {
      trace(at, new Fields(fields, ""));
    } else if (fields.containsKey("spanID")) {
      JsonValue span = new JsonObject(fields);
      span(at, new JaegerSpans(new Fields(Map.of(), "")), span, "span", repair().take());
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
    TokenStreamLocation at = parser().currentTokenLocation();
    if (token != JsonToken.START_OBJECT) {
      refuseInsteadOf("a trace", token);
      return;
    }
    repair().take();
    try {
      Map<String, JsonValue> fields = ((JsonObject) value("trace")).members();
      endOuter(at, fields);
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void trace(TokenStreamLocation at, Fields trace) {
    boolean isRepaired = repair().take();
    try {
      List<JsonValue> list = trace.list("spans");
      JaegerSpans spans = new JaegerSpans(trace);
      for (int i = 0; i < list.size(); i++) {
        span(at, spans, list.get(i), "spans[%d]".formatted(i), isRepaired);
      }
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private void span(
      TokenStreamLocation at, JaegerSpans spans, JsonValue value, String path, boolean isRepaired) {
    try {
      found(spans.span(Fields.of(value, path), isRepaired), at);
    } catch (IllegalArgumentException e) {
      refuse(at, String.valueOf(e.getMessage()));
    }
  }
}
