package io.tracestore.migration.spans;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonBoolean;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import io.tracestore.spi.CorruptDataException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an imported span that its format has no place for. An export keeps them in tags as
 * texts of JSON, and an import takes them out again.
 */
public final class KeptFields {
  /** Begins the name of such a tag. */
  public static final String PREFIX = "tracestore.kept.";

  private static final List<String> NAMES = List.of("repaired_text", "again", "kept_tags");

  /** Holds tags of other tools that have the name of one of ours. */
  private static final String FOREIGN = "kept_tags";

  private KeptFields() {}

  /** Whether {@code tag} is the name of a kept field. */
  public static boolean isKept(String tag) {
    return tag.startsWith(PREFIX) && NAMES.contains(tag.substring(PREFIX.length()));
  }

  /** Moves the kept fields from {@code own} to {@code tags}. */
  public static void keep(Map<String, JsonValue> own, Map<String, JsonValue> tags) {
    for (String name : NAMES) {
      JsonValue value = own.remove(name);
      if (value != null) {
        tags.put(PREFIX + name, JsonValue.of(ReflowJson.write(value)));
      }
    }
  }

  /** Moves the kept fields from {@code tags} to {@code span}. */
  public static void take(Map<String, JsonValue> tags, Span.Builder span) {
    Map<String, JsonValue> foreign = new TreeMap<>();
    for (String name : NAMES) {
      JsonValue tag = tags.remove(PREFIX + name);
      JsonValue value = parsed(tag);
      if (value instanceof JsonObject object && name.equals(FOREIGN)) {
        foreign.putAll(object.members());
      } else if (value instanceof JsonObject || value instanceof JsonBoolean) {
        span.own(name, value);
      } else if (tag != null) {
        foreign.put(name, tag);
      }
    }
    if (!foreign.isEmpty()) {
      span.own(FOREIGN, JsonValue.object(foreign));
    }
  }

  private static @Nullable JsonValue parsed(@Nullable JsonValue text) {
    if (!(text instanceof JsonString json)) {
      return null;
    }
    try {
      return ReflowJson.readValue(json.value());
    } catch (CorruptDataException | IllegalArgumentException e) {
      return null; // another tool's tag
    }
  }
}
