package io.tracestore.migration.zipkin;

import io.tracestore.migration.spans.Span.Annotation;
import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An annotation of a Zipkin span.
 *
 * @param micros since the epoch; null if not known
 * @param value what happened; in the first version also {@code cs}, {@code sr} and the like
 * @param endpoint where it happened, in the first version
 * @param other its other fields
 */
record V1Annotation(
    @Nullable Long micros,
    String value,
    @Nullable JsonObject endpoint,
    Map<String, JsonValue> other) {
  private static final long NANOS_PER_MICRO = 1000;

  Annotation toAnnotation() {
    return new Annotation(
        micros == null ? null : (Long) (micros * NANOS_PER_MICRO),
        value,
        Map.of(),
        other.isEmpty() ? Map.of() : Map.of("other", new JsonObject(other)));
  }
}
