package io.tracestore.migration.spans;

import io.tracestore.model.TraceEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The work of an actor, or of the whole flow, that is put together from the events of a trace. It
 * knows the events by their places in the list, since a large trace does not fit into memory.
 */
public final class SpanDraft {
  private static final int NONE = -1;

  private final List<TraceEvent> events;
  private final int first;
  private int end = NONE;
  private final Indexes details = new Indexes();

  /** The actor at work; empty for the whole flow. */
  public final String actor;

  /** The span id of the event that began it. */
  public final String spanId;

  public @Nullable SpanDraft parent;
  public String id = "";

  /** Nanoseconds since 1970. */
  public long startNanos;

  public long endNanos;

  private SpanDraft(List<TraceEvent> events, int first, String actor, String spanId) {
    this.events = events;
    this.first = first;
    this.actor = actor;
    this.spanId = spanId;
  }

  static SpanDraft ofFlow() {
    return new SpanDraft(List.of(), NONE, "", "");
  }

  /** The work that begins with the event at {@code first}. */
  static SpanDraft of(List<TraceEvent> events, int first, String actor, String spanId) {
    return new SpanDraft(events, first, actor, spanId);
  }

  /** Whether it is the span of the whole flow. */
  public boolean isFlow() {
    return first == NONE;
  }

  /** The event that began it; null for the span of the whole flow. */
  public @Nullable TraceEvent first() {
    return at(first);
  }

  /** The event that ended it; null if none did. */
  public @Nullable TraceEvent end() {
    return at(end);
  }

  private @Nullable TraceEvent at(int index) {
    return index == NONE ? null : events.get(index);
  }

  /** The events between these two, in order. */
  public List<TraceEvent> details() {
    return details.in(events);
  }

  boolean hasEnd() {
    return end != NONE;
  }

  void endWith(int index) {
    end = index;
  }

  void add(int index) {
    details.add(index);
  }
}
