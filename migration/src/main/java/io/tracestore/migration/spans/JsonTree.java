package io.tracestore.migration.spans;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes whole JSON values, numbers exactly. */
public final class JsonTree {
  /** Attributes stand two levels deep in what is kept of a span. */
  private static final int MAX_DEPTH = JsonValue.MAX_DEPTH - 2;

  /** Allows for what the model allows, and for no more than memory has room for. */
  public static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
          .rootValueSeparator("\n")
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(JsonValue.MAX_DEPTH + 100)
                  .maxStringLength(FlowTrace.MAX_TEXT_LENGTH)
                  .maxNameLength(FlowTrace.MAX_TEXT_LENGTH)
                  .maxNumberLength(100_000)
                  .build())
          .build();

  private JsonTree() {}

  /**
   * Reads the value whose first token is the current one, to its last token.
   *
   * @param endOffset the byte offset that it must not go beyond
   * @param what it is part of, as the error names it
   * @param repair repairs its texts
   * @throws IllegalArgumentException if it does, is nested too deep, or no value can hold it
   */
  public static JsonValue read(JsonParser parser, long endOffset, String what, TextRepair repair) {
    return read(parser, endOffset, what, repair, MAX_DEPTH);
  }

  /** Reads the value whose first token is the current one, and that was written here. */
  static JsonValue readWritten(JsonParser parser) {
    return read(parser, Long.MAX_VALUE, "value", new TextRepair(), JsonValue.MAX_DEPTH + 10);
  }

  private static JsonValue read(
      JsonParser parser, long endOffset, String what, TextRepair repair, int depth) {
    if (parser.currentLocation().getByteOffset() > endOffset) {
      throw new IllegalArgumentException("the %s is too large".formatted(what));
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_NULL -> JsonValue.NULL;
      case VALUE_TRUE -> new JsonBoolean(true);
      case VALUE_FALSE -> new JsonBoolean(false);
      case VALUE_STRING -> new JsonString(repair.check(parser.getString()));
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
      case START_ARRAY -> {
        refuseTooDeep(depth);
        List<JsonValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(read(parser, endOffset, what, repair, depth - 1));
        }
        yield new JsonArray(elements);
      }
      case START_OBJECT -> {
        refuseTooDeep(depth);
        Map<String, JsonValue> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = repair.check(parser.currentName());
          parser.nextToken();
          members.put(name, read(parser, endOffset, what, repair, depth - 1));
        }
        yield new JsonObject(members);
      }
      default -> throw new IllegalStateException("no value begins with " + token);
    };
  }

  private static void refuseTooDeep(int depth) {
    if (depth == 0) {
      throw new IllegalArgumentException("a value is nested deeper than " + MAX_DEPTH);
    }
  }

  /** Writes {@code value}. */
  public static void write(JsonGenerator json, JsonValue value) {
    switch (value) {
      case JsonBoolean b -> json.writeBoolean(b.value());
      case JsonString text -> json.writeString(text.value());
      case JsonNumber number -> json.writeNumber(number.literal());
      case JsonArray array -> {
        json.writeStartArray();
        array.elements().forEach(element -> write(json, element));
        json.writeEndArray();
      }
      case JsonObject object -> write(json, object.members());
      case JsonValue.JsonNull nothing -> json.writeNull();
    }
  }

  /** Writes an object of {@code members}. */
  public static void write(JsonGenerator json, Map<String, JsonValue> members) {
    json.writeStartObject();
    members.forEach((name, value) -> {
      json.writeName(name);
      write(json, value);
    });
    json.writeEndObject();
  }
}
