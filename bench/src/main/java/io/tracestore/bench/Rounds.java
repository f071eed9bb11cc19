package io.tracestore.bench;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.StatUtils;

/**
 * Measures one lane, or two in turn, so that both see the same machine.
 *
 * <p>Warm-up ends when the last rounds agree with those before them: in the ratio of two lanes, or
 * in the time of one. Then a fixed number of rounds count. Every second round begins with the other
 * lane.
 */
final class Rounds {
  /** Rounds that are compared with as many before them. */
  private static final int WINDOW = 5;

  private static final double AGREEMENT = 0.05;
  private static final long MOST_WARM_UP_NANOS = 8_000_000_000L;
  private static final int SAMPLED = 10;

  private final List<Lane> lanes;
  private final List<Double> warmUp = new ArrayList<>();
  private boolean steady;

  Rounds(List<Lane> lanes) {
    this.lanes = List.copyOf(lanes);
  }

  /** Warms up, makes {@code rounds} rounds that count, and samples single calls. */
  void measure(int rounds) throws Exception {
    while (!steady && spentNanos() < MOST_WARM_UP_NANOS) {
      warmUp.add(turn(warmUp.size()));
      steady = lastRoundsAgree();
    }
    lanes.forEach(Lane::fix);
    for (int round = 0; round < rounds; round++) {
      double unused = turn(round);
    }
    for (int round = 0; round < SAMPLED; round++) {
      for (Lane lane : lanes) {
        lane.sample();
      }
    }
  }

  /** Makes one round of each lane; the time of the first divided by that of the other, if any. */
  private double turn(int round) throws Exception {
    double product = 1;
    for (Lane lane : round % 2 == 0 ? lanes : lanes.reversed()) {
      double seconds = lane.round();
      product *= lane == lanes.getFirst() ? seconds : 1 / seconds;
    }
    return product;
  }

  private long spentNanos() {
    return lanes.stream().mapToLong(Lane::nanos).sum();
  }

  /** Whether the warm-up ended because its last rounds agreed. */
  boolean isSteady() {
    return steady;
  }

  private boolean lastRoundsAgree() {
    int end = warmUp.size();
    if (end < 2 * WINDOW || !lanes.stream().allMatch(Lane::isWarm)) {
      return false;
    }
    double last = median(warmUp.subList(end - WINDOW, end));
    double before = median(warmUp.subList(end - 2 * WINDOW, end - WINDOW));
    return Math.abs(last / before - 1) <= AGREEMENT;
  }

  private static double median(List<Double> values) {
    return StatUtils.percentile(values.stream().mapToDouble(Double::doubleValue).toArray(), 50);
  }
}
