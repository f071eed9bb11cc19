package io.tracestore.bench.app;

import java.util.List;

/**
 * A speed divided by that of a peer, measured in turn: ours over theirs, more is better.
 *
 * @param peer the name of the other
 * @param samples the ratio of each pair of rounds
 * @param steady whether the rounds before agreed
 */
record Ratio(String peer, List<Double> samples, boolean steady) {
  Ratio {
    samples = List.copyOf(samples);
  }

  Interval interval() {
    return Interval.of(samples);
  }

  /** Whether it changed too much from round to round for a number. */
  boolean isNoisy() {
    return !steady || interval().isWide();
  }

  /** The number with its interval, or that there is none. */
  @Override
  public String toString() {
    Interval interval = interval();
    return isNoisy()
        ? "too noisy"
        : "%s (%s to %s)"
            .formatted(
                Numbers.ratio(interval.median()),
                Numbers.ratio(interval.low()),
                Numbers.ratio(interval.high()));
  }
}
