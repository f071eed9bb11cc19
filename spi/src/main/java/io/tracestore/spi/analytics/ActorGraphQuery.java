package io.tracestore.spi.analytics;

import io.tracestore.spi.TraceStore;
import io.tracestore.spi.internal.QueryChecks;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects the messages between actors that {@link TraceStore#actorGraph} sums up.
 *
 * <p>A message is one of these events:
 *
 * <ul>
 *   <li>a {@code DataFlow}: from its actor to the one it names;
 *   <li>a {@code MessageReceived} whose parent is a {@code MessageSent} of the same trace that is
 *       stored too: from the parent's actor to its own. Without such a parent it counts nothing.
 * </ul>
 *
 * <p>So no message counts twice: the receipt of a data flow, if there is one, has the data flow as
 * its parent. The time of a message is that of the event named above, its size that of the event's
 * message, or else of the {@code MessageSent}'s, or else zero; it carries an error if that event
 * has one, however empty.
 *
 * <p>All stored events count, those whose trace is not stored yet included; but with a flow id,
 * only those of stored traces of that flow.
 *
 * @param from at this instant or later
 * @param to at this instant or earlier
 * @param flowId of a stored trace of exactly this flow
 */
public record ActorGraphQuery(
    @Nullable Instant from, @Nullable Instant to, @Nullable String flowId) {
  /** Every message. */
  public static final ActorGraphQuery ALL = new ActorGraphQuery(null, null, null);

  public ActorGraphQuery {
    QueryChecks.inOrder("from", from, "to", to);
    QueryChecks.wellFormed("flowId", flowId);
  }

  /** A builder without filters. */
  public static Builder builder() {
    return new Builder();
  }

  /** Builds an {@link ActorGraphQuery}; not safe for several threads. Null takes a filter away. */
  public static final class Builder {
    private @Nullable Instant from;
    private @Nullable Instant to;
    private @Nullable String flowId;

    private Builder() {}

    /** At this instant or later. */
    public Builder from(@Nullable Instant from) {
      this.from = from;
      return this;
    }

    /** At this instant or earlier. */
    public Builder to(@Nullable Instant to) {
      this.to = to;
      return this;
    }

    /** Of a stored trace of exactly this flow. */
    public Builder flowId(@Nullable String flowId) {
      this.flowId = flowId;
      return this;
    }

    /**
     * The query.
     *
     * @throws IllegalArgumentException if a value is not valid or two do not go together
     */
    public ActorGraphQuery build() {
      return new ActorGraphQuery(from, to, flowId);
    }
  }
}
