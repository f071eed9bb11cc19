package io.tracestore.provider.postgresql.schema;

import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Conditions on {@code start_hour} as constants in the text of a statement. Only with constants the
 * server leaves the other partitions alone from the beginning: it neither locks them nor plans for
 * them. A parameter, or a value that another table gives, makes it lock all of them first.
 */
public final class Hours {
  /** The hour of events whose trace is not stored. */
  public static final int EARLY = Integer.MIN_VALUE;

  /** The hour of events whose trace starts where there was no partition. */
  public static final int UNPARTITIONED = EARLY + 1;

  private Hours() {}

  /** The right side of {@code start_hour =} for any of {@code hours}. */
  public static String anyOf(Collection<Integer> hours) {
    if (hours.size() == 1) {
      return "'%d'::int".formatted(hours.iterator().next()); // -2147483648 alone would be a bigint
    }
    return hours.stream()
        .sorted()
        .map(hour -> Integer.toString(hour))
        .collect(Collectors.joining(",", "ANY ('{", "}'::int[])"));
  }

  /** The condition that {@code column} is in {@code range}; nothing is outside of the ends. */
  public static String within(String column, HourRange range) {
    String from = range.from() == Integer.MIN_VALUE ? "" : " AND " + column + " >= " + range.from();
    String to = range.to() == Integer.MAX_VALUE ? "" : " AND " + column + " < " + range.to();
    return "true" + from + to;
  }
}
