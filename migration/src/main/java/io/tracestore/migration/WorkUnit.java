package io.tracestore.migration;

import io.tracestore.spi.TraceQuery.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Traces that one thread moves. */
sealed interface WorkUnit {
  /**
   * The matching traces between two places of the order.
   *
   * @param after behind this place; null for the beginning
   * @param last up to this one, included
   */
  record Range(@Nullable Position after, Position last) implements WorkUnit {}

  /**
   * Single traces.
   *
   * @param places where they stand in the order
   */
  record Single(List<Position> places) implements WorkUnit {}
}
