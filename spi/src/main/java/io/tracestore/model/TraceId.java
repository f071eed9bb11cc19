package io.tracestore.model;

import java.util.Objects;
import java.util.UUID;

/**
 * Identifies one {@link FlowTrace} in every store. Any UUID is accepted; {@link #random()} makes
 * time-ordered ones. Ordered as 16 unsigned bytes.
 *
 * @param value the UUID
 */
public record TraceId(UUID value) implements Comparable<TraceId> {
  public TraceId {
    Objects.requireNonNull(value, "value");
  }

  /** A new id that sorts after those made before it in this JVM (UUID version 7). */
  public static TraceId random() {
    return new TraceId(Uuids.randomV7());
  }

  /**
   * Parses the 36-character form with hyphens.
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static TraceId of(String text) {
    return new TraceId(Uuids.parse(text));
  }

  /** Compares as 16 unsigned bytes, most significant first. */
  @Override
  public int compareTo(TraceId other) {
    return Uuids.compare(value, other.value);
  }

  /** The UUID in lower case with hyphens. */
  @Override
  public String toString() {
    return value.toString();
  }
}
