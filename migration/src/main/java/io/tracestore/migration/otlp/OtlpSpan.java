package io.tracestore.migration.otlp;

import io.tracestore.model.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A span as it is written; times in nanoseconds since 1970, 0 if not known. */
final class OtlpSpan {
  final String id;
  @Nullable String parentId;
  String name = "";
  int kind;
  long startNanos;
  long endNanos;
  final Map<String, JsonValue> attributes = new TreeMap<>();
  final List<Event> events = new ArrayList<>();
  int statusCode;
  String statusMessage = "";

  /** Fields to be written as they are. */
  final Map<String, JsonValue> fields = new TreeMap<>();

  final Map<String, JsonValue> resource = new TreeMap<>();
  @Nullable JsonValue resourceOther;
  @Nullable JsonValue scope;

  /** Something that happened during the span. */
  record Event(long nanos, String name, Map<String, JsonValue> attributes, long dropped) {}

  OtlpSpan(String id) {
    this.id = id;
  }
}
