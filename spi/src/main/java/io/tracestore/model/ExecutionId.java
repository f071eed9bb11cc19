package io.tracestore.model;

import java.util.Objects;
import java.util.UUID;

/**
 * Identifies the execution of a flow that a trace records. Any UUID is accepted; {@link #random()}
 * makes time-ordered ones. Ordered as 16 unsigned bytes.
 *
 * @param value the UUID
 */
public record ExecutionId(UUID value) implements Comparable<ExecutionId> {
  public ExecutionId {
    Objects.requireNonNull(value, "value");
  }

  /** A new id that sorts after those made before it in this JVM (UUID version 7). */
  public static ExecutionId random() {
    return new ExecutionId(Uuids.randomV7());
  }

  /**
   * Parses the 36-character form with hyphens.
   *
   * @throws IllegalArgumentException if {@code text} is anything else
   */
  public static ExecutionId of(String text) {
    return new ExecutionId(Uuids.parse(text));
  }

  /** Compares as 16 unsigned bytes, most significant first. */
  @Override
  public int compareTo(ExecutionId other) {
    return Uuids.compare(value, other.value);
  }

  /** The UUID in lower case with hyphens. */
  @Override
  public String toString() {
    return value.toString();
  }
}
