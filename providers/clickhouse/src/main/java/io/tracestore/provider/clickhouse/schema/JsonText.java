package io.tracestore.provider.clickhouse.schema;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonNumber;
import io.tracestore.model.JsonValue.JsonString;

/** The values of attributes as JSON, with a short way for the plain texts and numbers most are. */
public final class JsonText {
  private JsonText() {}

  public static String write(JsonValue value) {
    return switch (value) {
      case JsonNumber number -> number.literal();
      case JsonString string when isPlain(string.value()) -> '"' + string.value() + '"';
      default -> ReflowJson.write(value);
    };
  }

  public static JsonValue read(String text) {
    int last = text.length() - 1;
    if (last >= 1 && text.charAt(0) == '"' && text.charAt(last) == '"') {
      String inner = text.substring(1, last);
      if (isPlain(inner)) {
        return new JsonString(inner);
      }
    }
    return ReflowJson.readValue(text);
  }

  /** Whether JSON writes it as it is. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }
}
