package io.tracestore.migration;

import io.tracestore.spi.TraceQuery.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Traces that one thread moves. */
sealed interface WorkUnit {
  /**
   * The matching traces between two places of the order.
   *
   * @param after the place after which it begins; null for the beginning of the order
   * @param last the place of its last trace, included
   */
  record Range(@Nullable Position after, Position last) implements WorkUnit {}

  /**
   * Single traces.
   *
   * @param places where they stand in the order
   */
  record Single(List<Position> places) implements WorkUnit {}
}
