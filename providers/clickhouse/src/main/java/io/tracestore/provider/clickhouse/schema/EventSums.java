package io.tracestore.provider.clickhouse.schema;

import io.tracestore.provider.clickhouse.sql.Sql;

/** The sums over events, as SQL. */
public final class EventSums {
  /**
   * The exact whole logarithm of a number from 16 on, and 4 of a smaller one: a server may be set
   * to compute it for all. The fast one may be off by one.
   */
  private static final String LOG =
      """
      toUInt8(floor(log2(greatest(exec_ns, toUInt64(16))))) AS guess, \
      toUInt8(guess - (bitShiftLeft(toUInt64(1), guess) > greatest(exec_ns, toUInt64(16)))) AS lower, \
      toUInt8(lower + (lower < 62 AND bitShiftLeft(toUInt64(1), lower + 1) <= exec_ns)) AS log\
      """;

  /**
   * Defines {@code class}, the class of an event's time; follows {@code WITH}. Both cases have the
   * same type: before 26.1, servers take no other.
   */
  public static final String LATENCY_CLASS =
      LOG
          + """
          , toUInt16(if(exec_ns < 16, exec_ns, \
          toUInt64((log - 3) * 16 + bitAnd(bitShiftRight(exec_ns, log - 4), 15)))) AS class\
          """;

  /** Their times, the longest time, and the sizes of their messages. */
  public static final String SUMS =
      "sum(toUInt128(exec_ns)), max(exec_ns), sum(toUInt128(msg_size))";

  /** How many there are of each class. */
  public static final String CLASSES = "sumMap(map(class, toUInt64(1)))";

  private EventSums() {}

  /** The step of time that an event belongs to: the whole quotient, rounded down. */
  public static String step(long stepNanos) {
    return floorDiv(Sql.nanos("ts"), stepNanos);
  }

  /** The whole quotient of {@code number} and a positive divisor, rounded down. */
  public static String floorDiv(String number, long divisor) {
    return "intDiv(%1$s, toInt64(%2$d)) - (%1$s %% toInt64(%2$d) < 0)".formatted(number, divisor);
  }
}
