package io.tracestore.model;

import java.util.Objects;
import java.util.UUID;

/**
 * Identifies one {@link TraceEvent} within its trace. Any UUID is accepted; {@link #random()} makes
 * time-ordered ones. Ordered as 16 unsigned bytes.
 *
 * @param value the UUID
 */
public record EventId(UUID value) implements Comparable<EventId> {
  public EventId {
    Objects.requireNonNull(value, "value");
  }

  /** A new id that sorts after those made before it in this JVM (UUID version 7). */
  public static EventId random() {
    return new EventId(Uuids.randomV7());
  }

  /**
   * Parses the 36-character form with hyphens.
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static EventId of(String text) {
    return new EventId(Uuids.parse(text));
  }

  /** Compares as 16 unsigned bytes, most significant first. */
  @Override
  public int compareTo(EventId other) {
    return Uuids.compare(value, other.value);
  }

  /** The UUID in lower case with hyphens. */
  @Override
  public String toString() {
    return value.toString();
  }
}
