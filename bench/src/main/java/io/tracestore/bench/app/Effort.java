package io.tracestore.bench.app;

import java.time.Duration;
import java.util.List;

/**
 * The length of each benchmark's run.
 *
 * @param forks how many processes one after the other
 * @param warmups iterations that do not count
 * @param warmupTime of each
 * @param iterations iterations that count, in each process
 * @param time of each
 * @param sizes events held, from the one that everything is measured at
 * @param quick whether only the most telling operations are measured
 */
record Effort(
    int forks,
    int warmups,
    Duration warmupTime,
    int iterations,
    Duration time,
    List<Integer> sizes,
    boolean quick) {
  private static final int SMALL = 10_000;

  /** Numbers in minutes, not to decide much upon. */
  static final Effort QUICK =
      new Effort(
          1, 1, Duration.ofMillis(400), 3, Duration.ofMillis(300), List.of(SMALL, 100_000), true);

  /** Everything. */
  static final Effort FULL =
      new Effort(
          2,
          3,
          Duration.ofSeconds(1),
          5,
          Duration.ofSeconds(1),
          List.of(SMALL, 100_000, 1_000_000, 10_000_000),
          false);

  Effort {
    sizes = sizes.stream().sorted().distinct().toList();
  }

  /** The same with other sizes. */
  Effort withSizes(List<Integer> others) {
    return new Effort(forks, warmups, warmupTime, iterations, time, others, quick);
  }

  /** The time that one cell takes without starting, filling and checking. */
  Duration measuring() {
    return warmupTime.multipliedBy(warmups).plus(time.multipliedBy(iterations)).multipliedBy(forks);
  }
}
