package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The changes between two runs.
 *
 * <p>For each subject that both measured in the same mode, the logarithms of the iterations' means
 * are compared: Welch's interval (unequal variances, degrees of freedom by Welch and Satterthwaite)
 * of the difference, at 99 % confidence, taken back to a ratio. Where the whole interval lies
 * beyond the threshold on the worse side, it is a regression; on the better side, an improvement.
 * Fewer than three iterations in one run give no result.
 *
 * @param rows the subjects of both runs
 * @param onlyInOne how many subjects only one of the two has
 */
record Comparison(List<Row> rows, int onlyInOne) {
  private static final double CONFIDENCE = 0.99;
  private static final int FEWEST = 3;

  /** The outcome of a subject. */
  enum Change {
    REGRESSION,
    IMPROVEMENT,
    SAME,
    UNKNOWN
  }

  /**
   * A subject.
   *
   * @param title its name
   * @param change what became of it
   * @param speed how many times as fast the second run is; below 1 is worse
   * @param low the lower end of the interval of that
   * @param high the upper end
   */
  record Row(String title, Change change, double speed, double low, double high) {}

  private record Key(Measurement.Subject subject, boolean throughput) {}

  /**
   * Compares {@code after} with {@code before}.
   *
   * @param threshold the relative change that counts, such as 0.05
   */
  static Comparison of(List<Measurement> before, List<Measurement> after, double threshold) {
    Map<Key, Measurement> old = byKey(before);
    Map<Key, Measurement> now = byKey(after);
    List<Row> rows = new ArrayList<>();
    now.forEach((key, measurement) -> {
      Measurement then = old.get(key);
      if (then != null) {
        rows.add(compare(key, then, measurement, threshold));
      }
    });
    return new Comparison(List.copyOf(rows), old.size() + now.size() - 2 * rows.size());
  }

  private static Map<Key, Measurement> byKey(List<Measurement> measurements) {
    Map<Key, Measurement> byKey = new LinkedHashMap<>();
    measurements.forEach(m -> byKey.put(new Key(m.subject(), m.throughput()), m));
    return byKey;
  }

  private static Row compare(Key key, Measurement then, Measurement now, double threshold) {
    String title = key.subject().fullTitle() + (key.throughput() ? ", throughput" : ", time");
    double[] a = logs(then.samples());
    double[] b = logs(now.samples());
    if (a.length < FEWEST || b.length < FEWEST) {
      double ratio = now.score() / then.score();
      return new Row(
          title, Change.UNKNOWN, key.throughput() ? ratio : 1 / ratio, Double.NaN, Double.NaN);
    }
    // Of a time, less is faster.
    double sign = key.throughput() ? 1 : -1;
    double difference = sign * (StatUtils.mean(b) - StatUtils.mean(a));
    double half = halfWidth(a, b);
    double low = Math.exp(difference - half);
    double high = Math.exp(difference + half);
    return new Row(title, change(low, high, threshold), Math.exp(difference), low, high);
  }

  private static double[] logs(List<Double> samples) {
    return samples.stream().filter(s -> s > 0).mapToDouble(Math::log).toArray();
  }

  private static double halfWidth(double[] a, double[] b) {
    double errorA = StatUtils.variance(a) / a.length;
    double errorB = StatUtils.variance(b) / b.length;
    double error = errorA + errorB;
    if (error == 0) {
      return 0;
    }
    double freedom =
        error * error / (errorA * errorA / (a.length - 1) + errorB * errorB / (b.length - 1));
    double quantile =
        new TDistribution(null, freedom).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
    return quantile * Math.sqrt(error);
  }

  private static Change change(double low, double high, double threshold) {
    if (high < 1 / (1 + threshold)) {
      return Change.REGRESSION;
    }
    return low > 1 + threshold ? Change.IMPROVEMENT : Change.SAME;
  }

  /** How many subjects became worse. */
  long regressions() {
    return rows.stream().filter(row -> row.change() == Change.REGRESSION).count();
  }
}
