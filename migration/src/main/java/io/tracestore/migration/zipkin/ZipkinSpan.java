package io.tracestore.migration.zipkin;

import io.tracestore.model.JsonValue;
import io.tracestore.model.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The part of a Zipkin span that one service reports; times in microseconds. */
final class ZipkinSpan {
  @Nullable JsonObject localEndpoint;
  @Nullable JsonObject remoteEndpoint;
  @Nullable String kind;
  @Nullable Long timestamp;
  @Nullable Long duration;
  @Nullable Boolean shared;
  final Map<String, JsonValue> tags = new TreeMap<>();
  final List<V1Annotation> annotations = new ArrayList<>();

  ZipkinSpan(@Nullable JsonObject localEndpoint) {
    this.localEndpoint = localEndpoint;
  }

  /** Sets when it began and ended, as far as either is known. */
  void setTimes(@Nullable Long begin, @Nullable Long end) {
    timestamp = begin;
    duration = begin != null && end != null && end >= begin ? end - begin : null;
  }
}
