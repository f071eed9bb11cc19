package io.tracestore.provider.support.index;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a trace matches a query by its header and the terms of its events, so that no
 * event is decoded. Passes over the filters of {@link TraceQuery#filtersByReading()}; safe for many
 * threads.
 */
public final class HeaderAndTermFilter {
  private final TraceQuery ofHeader;
  private final @Nullable String actor;
  private final @Nullable String part;
  private final @Nullable String type;

  /** Splits {@code query} into what a header decides, and what the terms of events decide. */
  public HeaderAndTermFilter(TraceQuery query) {
    this.ofHeader =
        query.toBuilder()
            .withoutFiltersByReading()
            .actor(null)
            .actorContains(null)
            .eventType((String) null)
            .build();
    this.actor = query.actor();
    this.part = query.actorContains();
    this.type = query.eventType();
  }

  /** Whether the terms of events decide anything. */
  public boolean needsTerms() {
    return actor != null || part != null || type != null;
  }

  /** Whether {@code header} has what the query asks of headers. */
  public boolean matches(FlowTrace header) {
    return ofHeader.matches(header);
  }

  /** Whether events with these terms have what the query asks of events. */
  public boolean matches(IndexTerms ofEvents) {
    if (!needsTerms()) {
      return true;
    }
    Set<Object> actors = new HashSet<>();
    Set<Object> types = new HashSet<>();
    ofEvents.forEach((field, value) -> (field == Field.ACTOR ? actors : types).add(value));
    return (actor == null || actors.contains(actor))
        && (type == null || types.contains(type))
        && (part == null || actors.stream().anyMatch(name -> ((String) name).contains(part)));
  }
}
