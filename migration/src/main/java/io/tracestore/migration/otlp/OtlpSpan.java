package io.tracestore.migration.otlp;

import io.tracestore.model.JsonValue;
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

  /** The name of a kind that has no number here. */
  @Nullable String kindName;

  long startNanos;
  long endNanos;
  final Map<String, JsonValue> attributes = new TreeMap<>();
  List<Event> events = List.of();
  int statusCode;
  String statusMessage = "";

  /** Fields to be written as they are. */
  final Map<String, JsonValue> fields = new TreeMap<>();

  final Map<String, JsonValue> resource = new TreeMap<>();
  @Nullable JsonValue resourceOther;
  @Nullable JsonValue scope;

  /** Unknown fields of the status, and of what stands around resource and scope. */
  @Nullable JsonValue statusOther;

  @Nullable JsonValue resourceEntry;
  @Nullable JsonValue scopeEntry;

  /** Times as they were reported, where they make no sense. */
  @Nullable JsonValue invalidStart;

  @Nullable JsonValue invalidEnd;

  /**
   * An event of the span.
   *
   * @param fields to be written as they are
   * @param invalidTime the time as it was reported, where it makes no sense
   */
  record Event(
      long nanos,
      String name,
      Map<String, JsonValue> attributes,
      Map<String, JsonValue> fields,
      @Nullable JsonValue invalidTime) {}

  OtlpSpan(String id) {
    this.id = id;
  }
}
