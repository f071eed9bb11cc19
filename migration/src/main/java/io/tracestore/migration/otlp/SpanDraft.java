package io.tracestore.migration.otlp;

import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A span of OTLP that is being put together of the events of a trace. */
final class SpanDraft {
  /** What began it; null for the span of the whole flow. */
  final @Nullable TraceEvent first;

  /** What ended it; null if nothing did. */
  @Nullable TraceEvent end;

  /** What happened meanwhile, in order. */
  final List<TraceEvent> details = new ArrayList<>();

  @Nullable SpanDraft parent;
  String id = "";

  /** Nanoseconds since 1970. */
  long startNanos;

  long endNanos;
  final Map<String, JsonValue> attributes = new TreeMap<>();

  SpanDraft(@Nullable TraceEvent first) {
    this.first = first;
  }
}
