package io.tracestore.bench.app;

import java.time.Duration;
import java.util.List;

/**
 * The length of each measurement. The method is the same for all: more rounds and more processes
 * make narrower intervals.
 *
 * @param forks how many processes one after the other
 * @param rounds how many rounds count in each process
 * @param sizes events held, from the one that everything is measured at
 * @param quick whether only the most telling operations are measured
 */
record Effort(int forks, int rounds, List<Integer> sizes, boolean quick) {
  private static final int SMALL = 100_000;

  /** An estimate of a process: starting, filling and warming up. */
  private static final Duration BEFORE_ROUNDS = Duration.ofMillis(4_500);

  private static final Duration ROUND = Duration.ofMillis(100);

  /** The most telling operations, in minutes. */
  static final Effort QUICK = new Effort(1, 15, List.of(SMALL), true);

  /** Everything. */
  static final Effort FULL = new Effort(3, 25, List.of(SMALL, 1_000_000, 10_000_000), false);

  Effort {
    sizes = sizes.stream().sorted().distinct().toList();
  }

  /** The same with other sizes. */
  Effort withSizes(List<Integer> others) {
    return new Effort(forks, rounds, others, quick);
  }

  /** About the time that one cell takes. */
  Duration ofCell() {
    return BEFORE_ROUNDS.plus(ROUND.multipliedBy(rounds)).multipliedBy(forks);
  }
}
