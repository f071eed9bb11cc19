package io.tracestore.migration.zipkin;

import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * A binary annotation of the first version of Zipkin's format: a tag, or the address of the other
 * end.
 *
 * @param key its name; {@code sa}, {@code ca} and {@code ma} are addresses
 * @param value a text, number or boolean
 * @param endpoint where it was recorded, or the address
 */
record V1Tag(String key, JsonValue value, @Nullable JsonObject endpoint) {
  /** Whether it names the other end of a call. */
  boolean isAddress() {
    return value instanceof JsonValue.JsonBoolean
        && (key.equals("sa") || key.equals("ca") || key.equals("ma"));
  }

  /** Whether it only tells where a local span ran. */
  boolean isMarker() {
    return key.equals("lc") && value instanceof JsonValue.JsonString text && text.value().isEmpty();
  }
}
