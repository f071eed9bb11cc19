package io.tracestore.migration.spans;

import io.tracestore.model.TraceEvent;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The work of an actor, or of the whole flow, that is put together from the events of a trace. */
public final class SpanDraft {
  /** The event that began it; null for the span of the whole flow. */
  public final @Nullable TraceEvent first;

  /** The event that ended it; null if none did. */
  public @Nullable TraceEvent end;

  /** The events between these two, in order. */
  public final List<TraceEvent> details = new ArrayList<>();

  public @Nullable SpanDraft parent;
  public String id = "";

  /** Nanoseconds since 1970. */
  public long startNanos;

  public long endNanos;

  SpanDraft(@Nullable TraceEvent first) {
    this.first = first;
  }
}
