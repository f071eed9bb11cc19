package io.tracestore.bench.app;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads values out of JSON documents, leniently: what is missing or of another type is absent. */
final class Json {
  private Json() {}

  static JsonValue read(Path file) throws IOException {
    try {
      return ReflowJson.readValue(Files.readString(file));
    } catch (IllegalArgumentException e) {
      throw new BenchException("%s is not JSON: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Writes {@code text} so that the file is there whole or not at all. */
  static void write(Path file, String text) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(part, text);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  static Optional<JsonValue> get(JsonValue value, String name) {
    return Optional.ofNullable(members(value).get(name));
  }

  static Map<String, JsonValue> members(JsonValue value) {
    return value instanceof JsonValue.JsonObject object ? object.members() : Map.of();
  }

  static List<JsonValue> items(JsonValue value) {
    return value instanceof JsonValue.JsonArray array ? array.elements() : List.of();
  }

  static String text(JsonValue value, String name) {
    return get(value, name)
        .map(found -> found instanceof JsonValue.JsonString string ? string.value() : "")
        .orElse("");
  }

  /** NaN if it is no number. */
  static double number(JsonValue value) {
    return value instanceof JsonValue.JsonNumber number ? number.toDouble() : Double.NaN;
  }

  static double number(JsonValue value, String name) {
    return get(value, name).map(Json::number).orElse(Double.NaN);
  }
}
