package io.tracestore.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One event of an execution.
 *
 * @param eventId its id, unique within its trace: storing another event with it replaces this one
 * @param timestamp when; between {@link EpochNanos#MIN} and {@link EpochNanos#MAX}
 * @param eventType its type
 * @param actorId the actor it happened to; any text
 * @param data its payload
 * @param causality its causes
 */
public record TraceEvent(
    EventId eventId,
    Instant timestamp,
    TraceEventType eventType,
    String actorId,
    TraceEventData data,
    CausalityInfo causality) {
  /** By timestamp, then by event id: the order of a trace's events in every store. */
  public static final Comparator<TraceEvent> ORDER =
      Comparator.comparing(TraceEvent::timestamp).thenComparing(TraceEvent::eventId);

  public TraceEvent {
    Objects.requireNonNull(eventId, "eventId");
    Checks.instant("timestamp", timestamp);
    Objects.requireNonNull(eventType, "eventType");
    Checks.text("actorId", actorId);
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(causality, "causality");
  }

  /** An event of a new id, now, with no data and no cause; type and actor must be set. */
  public static Builder builder() {
    return new Builder();
  }

  /** An event of a new id, now, with no data and no cause. */
  public static Builder builder(TraceEventType eventType, String actorId) {
    return new Builder().eventType(eventType).actorId(actorId);
  }

  /** A builder that starts from this event. */
  public Builder toBuilder() {
    return new Builder()
        .eventId(eventId)
        .timestamp(timestamp)
        .eventType(eventType)
        .actorId(actorId)
        .data(data)
        .causality(causality);
  }

  /** Builds a {@link TraceEvent}; not safe for several threads. */
  public static final class Builder {
    private @Nullable EventId eventId;
    private @Nullable Instant timestamp;
    private @Nullable TraceEventType eventType;
    private @Nullable String actorId;
    private TraceEventData data = TraceEventData.EMPTY;
    private @Nullable CausalityInfo causality;

    private Builder() {}

    public Builder eventId(EventId eventId) {
      this.eventId = eventId;
      return this;
    }

    public Builder timestamp(Instant timestamp) {
      this.timestamp = timestamp;
      return this;
    }

    public Builder eventType(TraceEventType eventType) {
      this.eventType = eventType;
      return this;
    }

    public Builder actorId(String actorId) {
      this.actorId = actorId;
      return this;
    }

    public Builder data(TraceEventData data) {
      this.data = data;
      return this;
    }

    public Builder causality(CausalityInfo causality) {
      this.causality = causality;
      return this;
    }

    /**
     * The event.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     * @throws NullPointerException if type or actor were not set
     */
    public TraceEvent build() {
      EventId id = eventId != null ? eventId : EventId.random();
      return new TraceEvent(
          id,
          timestamp != null ? timestamp : Instant.now(),
          Objects.requireNonNull(eventType, "eventType"),
          Objects.requireNonNull(actorId, "actorId"),
          data,
          causality != null ? causality : CausalityInfo.root(id));
    }
  }
}
