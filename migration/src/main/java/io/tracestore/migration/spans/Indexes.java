package io.tracestore.migration.spans;

import java.util.Arrays;
import java.util.List;

/** A growing list of places in another list, four bytes each. */
public final class Indexes {
  private static final int LEAST = 4;

  private int[] places = {};
  private int count;

  /** Adds a place. */
  public void add(int index) {
    if (count == places.length) {
      places = Arrays.copyOf(places, Math.max(LEAST, 2 * count));
    }
    places[count++] = index;
  }

  /** The elements of {@code all} at these places, taken from it each time they are asked for. */
  public <T> List<T> in(List<T> all) {
    return LazyList.of(count, i -> all.get(places[i]));
  }

  /** The first place. */
  public int first() {
    return places[0];
  }
}
