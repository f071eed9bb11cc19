package io.tracestore.migration.zipkin;

import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import io.tracestore.model.JsonValue.JsonString;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A span as Zipkin v2 reports it; times in microseconds.
 *
 * @param traceId 32 hexadecimal digits, or 16 if the upper half is zero
 * @param id 16 hexadecimal digits
 * @param parentId 16 hexadecimal digits, if any
 * @param timestamp since the epoch; null if not known
 * @param duration null if not known
 * @param localEndpoint all of it; null if absent
 * @param remoteEndpoint all of it; null if absent
 * @param other the fields that Zipkin does not define
 */
record ZipkinSpan(
    String traceId,
    String id,
    @Nullable String parentId,
    @Nullable String kind,
    @Nullable String name,
    @Nullable Long timestamp,
    @Nullable Long duration,
    @Nullable JsonObject localEndpoint,
    @Nullable JsonObject remoteEndpoint,
    List<Annotation> annotations,
    Map<String, JsonValue> tags,
    @Nullable Boolean shared,
    @Nullable Boolean debug,
    Map<String, JsonValue> other) {
  private static final String SERVICE_NAME = "serviceName";

  /**
   * Something that happened during a span.
   *
   * @param timestamp since the epoch
   * @param value what
   * @param other the fields that Zipkin does not define
   */
  record Annotation(long timestamp, String value, Map<String, JsonValue> other) {}

  ZipkinSpan {
    annotations = List.copyOf(annotations);
  }

  /** The name of the service it ran in; null if not known. */
  @Nullable String service() {
    return serviceOf(localEndpoint);
  }

  /** The name of the service at the other end; null if not known. */
  @Nullable String remoteService() {
    return serviceOf(remoteEndpoint);
  }

  private static @Nullable String serviceOf(@Nullable JsonObject endpoint) {
    return endpoint != null
            && endpoint.members().get(SERVICE_NAME) instanceof JsonString name
            && !name.value().isEmpty()
        ? name.value()
        : null;
  }

  boolean isReceiver() {
    return "SERVER".equals(kind) || "CONSUMER".equals(kind);
  }

  boolean isSender() {
    return "CLIENT".equals(kind) || "PRODUCER".equals(kind);
  }

  boolean isMessaging() {
    return "CONSUMER".equals(kind) || "PRODUCER".equals(kind);
  }

  /** The tag {@code error}, which marks a failure even if it is empty; null if there is none. */
  @Nullable String error() {
    JsonValue error = tags.get("error");
    return switch (error) {
      case null -> null;
      case JsonString text -> text.value();
      default -> error.toString();
    };
  }
}
