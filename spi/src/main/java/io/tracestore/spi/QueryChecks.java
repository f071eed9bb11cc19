package io.tracestore.spi;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceEventType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the values of every query must be; null, which filters nothing, always passes. */
final class QueryChecks {
  private QueryChecks() {}

  static void representable(String field, @Nullable Instant instant) {
    if (instant != null && !EpochNanos.isRepresentable(instant)) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s: %s"
              .formatted(field, EpochNanos.MIN, EpochNanos.MAX, instant));
    }
  }

  static void inOrder(
      String fromField, @Nullable Instant from, String toField, @Nullable Instant to) {
    representable(fromField, from);
    representable(toField, to);
    if (from != null && to != null && from.isAfter(to)) {
      throw new IllegalArgumentException(
          "%s must not be after %s: %s, %s".formatted(fromField, toField, from, to));
    }
  }

  /** No trace has text with unpaired surrogates, and encoded it could become text that one has. */
  static void wellFormed(String field, @Nullable String text) {
    if (text != null && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(field + " has an unpaired surrogate");
    }
  }

  static void eventType(@Nullable String eventType) {
    wellFormed("eventType", eventType);
    if (eventType != null && !TraceEventType.isTypeName(eventType)) {
      throw new IllegalArgumentException(
          "unknown event type: '%s'; an own kind is written Custom(name)".formatted(eventType));
    }
  }
}
