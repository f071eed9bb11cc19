package io.tracestore.spi;

import java.util.List;
import java.util.Objects;

/**
 * How a store answered a query.
 *
 * @param index the index that led: where the store looked for the traces; in the words of the store
 * @param testedByReading the filters that were tested on traces that were read, by their names in
 *     {@link TraceQuery}; none if the index, or the engine, answered every filter
 * @param read how many traces were read
 * @param returned how many of them matched and were returned
 */
public record QueryExplanation(
    String index, List<String> testedByReading, long read, long returned) {
  public QueryExplanation {
    Objects.requireNonNull(index, "index");
    testedByReading = List.copyOf(testedByReading);
    if (returned < 0 || read < returned) {
      throw new IllegalArgumentException(
          "read must not be less than returned: %d, %d".formatted(read, returned));
    }
  }
}
