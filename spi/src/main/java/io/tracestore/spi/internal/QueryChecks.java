package io.tracestore.spi.internal;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks that all queries share. A value that is null sets no filter and always passes. */
public final class QueryChecks {
  private QueryChecks() {}

  public static void representable(String field, @Nullable Instant instant) {
    if (instant != null && !EpochNanos.isRepresentable(instant)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s: %s"
              .formatted(field, EpochNanos.MIN, EpochNanos.MAX, instant));
    }
  }

  public static void inOrder(
      String fromField, @Nullable Instant from, String toField, @Nullable Instant to) {
    representable(fromField, from);
    representable(toField, to);
    if (from != null && to != null && from.isAfter(to)) {
      throw new IllegalArgumentException(
          "%s must not be after %s: %s, %s".formatted(fromField, toField, from, to));
    }
  }

  /**
   * Refuses text with unpaired surrogates: no trace has such text, and encoded it could become text
   * that one has.
   */
  public static void wellFormed(String field, @Nullable String text) {
    if (text != null && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(field + " has an unpaired surrogate");
    }
  }

  public static void eventType(@Nullable String eventType) {
    wellFormed("eventType", eventType);
    if (eventType != null && !TraceEventType.isTypeName(eventType)) {
      throw new IllegalArgumentException(
          "unknown event type: '%s'; an own kind is written Custom(name)".formatted(eventType));
    }
  }

  public static void duration(String field, @Nullable Duration duration) {
    if (duration != null
        && (duration.isNegative() || duration.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0)) {
      throw new IllegalArgumentException(field + " must be between 0 and 292 years: " + duration);
    }
  }

  /** An unmodifiable copy in the order of the keys. */
  public static Map<String, JsonValue> attributes(Map<String, JsonValue> attributes) {
    atMost("attributes", attributes.size());
    Map<String, JsonValue> sorted = new TreeMap<>(attributes);
    sorted.forEach((key, value) -> {
      wellFormed("attributes key", key);
      Objects.requireNonNull(value, () -> "attributes '" + key + "' is null");
      if (!(value instanceof JsonValue.JsonString
          || value instanceof JsonValue.JsonNumber
          || value instanceof JsonValue.JsonBoolean)) {
        throw new IllegalArgumentException(
            "attributes '%s' must be a text, a number or a boolean".formatted(key));
      }
    });
    return Collections.unmodifiableMap(new LinkedHashMap<>(sorted));
  }

  /** An unmodifiable copy in order. */
  public static Set<String> attributeKeys(Set<String> keys) {
    atMost("attributeKeys", keys.size());
    keys.forEach(key -> wellFormed("attributeKeys", key));
    return Collections.unmodifiableSet(new LinkedHashSet<>(new TreeSet<>(keys)));
  }

  private static void atMost(String field, int size) {
    if (size > TraceQuery.MAX_ATTRIBUTES) {
      throw new IllegalArgumentException(
          "%s must be at most %d: %d".formatted(field, TraceQuery.MAX_ATTRIBUTES, size));
    }
  }
}
