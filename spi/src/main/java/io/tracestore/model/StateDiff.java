package io.tracestore.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change of an actor's state.
 *
 * @param before the state before, if recorded; empty is not the same as absent
 * @param after the state after
 * @param diffType what the two hold
 */
public record StateDiff(@Nullable Bytes before, Bytes after, DiffType diffType) {
  /** The kind of content of a {@link StateDiff}. */
  public enum DiffType {
    /** The whole state. */
    FULL("Full"),
    /** The changed part of the state. */
    INCREMENTAL("Incremental"),
    /** A state that was never persisted. */
    MEMORY_ONLY("MemoryOnly");

    private final String wireName;

    DiffType(String wireName) {
      this.wireName = wireName;
    }

    /** The name in Reflow's JSON, such as {@code Full}. */
    public String wireName() {
      return wireName;
    }
  }

  public StateDiff {
    Objects.requireNonNull(after, "stateDiff.after");
    Objects.requireNonNull(diffType, "stateDiff.diffType");
  }
}
