package io.tracestore.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The causes of an event: its parent, the first event of its chain, and the events in between.
 *
 * @param parentEventId the event that caused it, if any
 * @param rootCauseEventId the first event of its chain; an event without a cause is its own
 * @param dependencyChain the events in between, in order; may be empty
 * @param spanId the span it belongs to; any text, may be empty
 */
public record CausalityInfo(
    @Nullable EventId parentEventId,
    EventId rootCauseEventId,
    List<EventId> dependencyChain,
    String spanId) {
  public CausalityInfo {
    Objects.requireNonNull(rootCauseEventId, "causality.rootCauseEventId");
    dependencyChain = Checks.copy("causality.dependencyChain", dependencyChain);
    Checks.text("causality.spanId", spanId);
  }

  /** The causality of an event that nothing caused. */
  public static CausalityInfo root(EventId self) {
    return new CausalityInfo(null, self, List.of(), "");
  }
}
