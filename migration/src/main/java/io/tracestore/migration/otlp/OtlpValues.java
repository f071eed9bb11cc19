package io.tracestore.migration.otlp;

import io.tracestore.migration.spans.Fields;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonArray;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonNull;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * OTLP's {@code AnyValue} and lists of {@code KeyValue} as plain JSON, and back.
 *
 * <p>A double keeps its fraction, so that {@code 1.0} stays apart from the whole number {@code 1}.
 * A value that JSON does not have is kept as an object of one member: {@code {"otlp.bytes":
 * BASE64}}, {@code {"otlp.double": "NaN"}}.
 */
final class OtlpValues {
  private static final String BYTES = "otlp.bytes";
  private static final String JAEGER_BYTES = "jaeger.binary";
  private static final String DOUBLE = "otlp.double";

  private OtlpValues() {}

  /** The members that a list of key-values holds; the last of a doubled key wins. */
  static Map<String, JsonValue> members(Fields owner, String name) {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    List<JsonValue> list = owner.list(name);
    for (int i = 0; i < list.size(); i++) {
      int index = i;
      Fields pair = Fields.of(list.get(i), () -> "%s[%d]".formatted(owner.pathOf(name), index));
      String key = pair.value("key") == null ? "" : pair.text("key");
      members.put(key == null ? "" : key, value(pair, "value"));
    }
    return members;
  }

  /** The value of a field of the kind AnyValue; an absent one is null. */
  private static JsonValue value(Fields owner, String name) {
    Fields any = owner.object(name);
    if (any == null) {
      return JsonValue.NULL;
    }
    JsonValue text = any.value("stringValue");
    if (text != null) {
      return text instanceof JsonString ? text : new JsonString(any.requiredText("stringValue"));
    }
    JsonValue flag = any.value("boolValue");
    if (flag instanceof JsonBoolean) {
      return flag;
    }
    if (flag instanceof JsonString word
        && (word.value().equals("true") || word.value().equals("false"))) {
      return new JsonBoolean(word.value().equals("true"));
    }
    JsonValue whole = any.value("intValue");
    if (whole != null) {
      return wholeNumber(any, whole);
    }
    JsonValue fraction = any.value("doubleValue");
    if (fraction != null) {
      return doubleValue(any, fraction);
    }
    JsonValue bytes = any.value("bytesValue");
    if (bytes instanceof JsonString base64) {
      return JsonValue.object(Map.of(BYTES, base64));
    }
    Fields array = any.object("arrayValue");
    if (array != null) {
      return array(array);
    }
    Fields pairs = any.object("kvlistValue");
    if (pairs != null) {
      return JsonValue.object(members(pairs, "values"));
    }
    Map<String, JsonValue> unknown = any.others();
    if (bytes != null || !unknown.isEmpty() || flag != null) {
      throw new IllegalArgumentException(
          "field '%s' holds no value that OTLP knows".formatted(owner.pathOf(name)));
    }
    return JsonValue.NULL;
  }

  private static JsonValue array(Fields array) {
    List<JsonValue> elements = new ArrayList<>();
    List<JsonValue> list = array.list("values");
    for (int i = 0; i < list.size(); i++) {
      String path = "values[%d]".formatted(i);
      elements.add(value(new Fields(Map.of(path, list.get(i)), array.pathOf("")), path));
    }
    return new JsonArray(elements);
  }

  private static JsonNumber wholeNumber(Fields any, JsonValue value) {
    String digits =
        switch (value) {
          case JsonString text -> text.value();
          case JsonNumber number -> number.literal();
          default -> "";
        };
    try {
      return JsonNumber.of(Fields.exact(digits));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "field '%s' must be a whole number of 64 bits".formatted(any.pathOf("intValue")), e);
    }
  }

  private static JsonValue doubleValue(Fields any, JsonValue value) {
    if (value instanceof JsonNumber number && Double.isFinite(number.toDouble())) {
      return JsonNumber.of(number.toDouble());
    }
    if (value instanceof JsonString text) {
      switch (text.value()) {
        case "NaN", "Infinity", "-Infinity" -> {
          return JsonValue.object(Map.of(DOUBLE, text));
        }
        default -> {
          try {
            double number = Double.parseDouble(text.value());
            if (Double.isFinite(number)) {
              return JsonNumber.of(number);
            }
          } catch (NumberFormatException e) {
            // Reported below.
          }
        }
      }
    }
    throw new IllegalArgumentException(
        "field '%s' must be a number".formatted(any.pathOf("doubleValue")));
  }

  /** Writes {@code members} as a list of key-values. */
  static void writeMembers(JsonGenerator json, Map<String, JsonValue> members) {
    json.writeStartArray();
    members.forEach((key, value) -> {
      json.writeStartObject();
      json.writeStringProperty("key", key);
      json.writeName("value");
      write(json, value);
      json.writeEndObject();
    });
    json.writeEndArray();
  }

  private static void write(JsonGenerator json, JsonValue value) {
    json.writeStartObject();
    switch (value) {
      case JsonNull nothing -> {}
      case JsonString text -> json.writeStringProperty("stringValue", text.value());
      case JsonBoolean flag -> json.writeBooleanProperty("boolValue", flag.value());
      case JsonNumber number -> writeNumber(json, number);
      case JsonArray array -> {
        json.writeName("arrayValue");
        json.writeStartObject();
        json.writeName("values");
        json.writeStartArray();
        array.elements().forEach(element -> write(json, element));
        json.writeEndArray();
        json.writeEndObject();
      }
      case JsonObject object -> writeObject(json, object);
    }
    json.writeEndObject();
  }

  private static @Nullable JsonValue bytes(JsonObject object) {
    JsonValue bytes = object.members().get(BYTES);
    return bytes != null ? bytes : object.members().get(JAEGER_BYTES);
  }

  private static void writeObject(JsonGenerator json, JsonObject object) {
    if (object.members().size() == 1) {
      if (bytes(object) instanceof JsonString base64) {
        json.writeStringProperty("bytesValue", base64.value());
        return;
      }
      if (object.members().get(DOUBLE) instanceof JsonString text) {
        json.writeStringProperty("doubleValue", text.value());
        return;
      }
    }
    json.writeName("kvlistValue");
    json.writeStartObject();
    json.writeName("values");
    writeMembers(json, object.members());
    json.writeEndObject();
  }

  /** A number that neither 64 bits nor a double can hold is written as a text. */
  private static void writeNumber(JsonGenerator json, JsonNumber number) {
    if (number.isWhole()) {
      try {
        json.writeStringProperty("intValue", String.valueOf(Long.parseLong(number.literal())));
      } catch (NumberFormatException e) {
        json.writeStringProperty("stringValue", number.literal());
      }
      return;
    }
    double nearest = number.toDouble();
    boolean exact =
        Double.isFinite(nearest)
            && new BigDecimal(Double.toString(nearest)).compareTo(number.toBigDecimal()) == 0;
    if (exact) {
      json.writeName("doubleValue");
      json.writeNumber(nearest);
    } else {
      json.writeStringProperty("stringValue", number.literal());
    }
  }
}
