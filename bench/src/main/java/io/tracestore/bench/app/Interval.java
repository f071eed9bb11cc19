package io.tracestore.bench.app;

import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * A median with its confidence interval.
 *
 * <p>The ends are order statistics of the values: the k-th smallest and the k-th largest, with the
 * largest k for which a binomial variable of n trials and probability 1/2 is below k with a
 * probability of at most 2.5 %. The interval holds the median of the distribution with a
 * probability of at least 95 %, whatever the distribution is, as long as the values are independent
 * (H. A. David and H. N. Nagaraja, "Order Statistics", third edition, 2003, section 7.1). Five
 * values or fewer have no such interval: it is unbounded then.
 *
 * @param median of the values
 * @param low the lower end; 0 if unbounded
 * @param high the upper end; infinite if unbounded
 */
record Interval(double median, double low, double high) {
  private static final double TAIL = 0.025;

  /** An interval that reaches further from the median, as a factor, is too wide for a number. */
  private static final double WIDE = 1.25;

  /** The interval of positive values; all NaN if there are none. */
  static Interval of(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double median = StatUtils.percentile(sorted, 50);
    BinomialDistribution below = new BinomialDistribution(null, sorted.length, 0.5);
    int rank = 0;
    while (rank < sorted.length && below.cumulativeProbability(rank) <= TAIL) {
      rank++;
    }
    return rank == 0
        ? new Interval(median, 0, Double.POSITIVE_INFINITY)
        : new Interval(median, sorted[rank - 1], sorted[sorted.length - rank]);
  }

  /** Whether it is too wide for its median to say much. */
  boolean isWide() {
    return !(low * WIDE >= median && high <= median * WIDE);
  }
}
