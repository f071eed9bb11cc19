package io.tracestore.provider.sqlite;

import io.tracestore.spi.CorruptDataException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** A trace's tags as a JSON object, which SQLite's own functions can look into. */
final class TagsJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private TagsJson() {}

  /** The object; null for no tags. */
  static @Nullable String write(Map<String, String> tags) {
    if (tags.isEmpty()) {
      return null;
    }
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartObject();
      tags.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    return text.toString();
  }

  /** The tags of an object that {@link #write} made; none for null. */
  static Map<String, String> read(@Nullable String text) {
    if (text == null) {
      return Map.of();
    }
    Map<String, String> tags = new LinkedHashMap<>();
    try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      json.nextToken();
      while (json.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = json.getString();
        json.nextToken();
        tags.put(name, json.getString());
      }
    } catch (JacksonException e) {
      throw new CorruptDataException("a trace's tags are not JSON: " + e.getOriginalMessage(), e);
    }
    return tags;
  }
}
