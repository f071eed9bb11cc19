package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static Comparison.Row compare(JmhEntry before, JmhEntry after) {
    Comparison comparison =
        Comparison.of(JmhEntry.measurements(before), JmhEntry.measurements(after), 0.05);
    assertThat(comparison.rows()).hasSize(1);
    return comparison.rows().getFirst();
  }

  @Test
  void aLongerTimeIsARegression() {
    Comparison.Row row =
        compare(
            JmhEntry.sample("storeTrace", 10.0, 10.1, 9.9, 10.0),
            JmhEntry.sample("storeTrace", 20.0, 20.2, 19.8, 20.0));
    assertThat(row.change()).isEqualTo(Comparison.Change.REGRESSION);
  }

  @Test
  void aLowerThroughputIsARegression() {
    Comparison.Row row =
        compare(
            JmhEntry.throughput("storeTrace", 1000.0, 1010.0, 990.0),
            JmhEntry.throughput("storeTrace", 500.0, 505.0, 495.0));
    assertThat(row.change()).isEqualTo(Comparison.Change.REGRESSION);
  }

  @Test
  void aShorterTimeIsAnImprovement() {
    Comparison.Row row =
        compare(
            JmhEntry.sample("storeTrace", 20.0, 20.2, 19.8, 20.0),
            JmhEntry.sample("storeTrace", 10.0, 10.1, 9.9, 10.0));
    assertThat(row.change()).isEqualTo(Comparison.Change.IMPROVEMENT);
  }

  @Test
  void aDifferenceWithinTheNoiseIsNone() {
    Comparison.Row row =
        compare(
            JmhEntry.sample("storeTrace", 10.0, 14.0, 7.0, 11.0),
            JmhEntry.sample("storeTrace", 12.0, 16.0, 9.0, 13.0));
    assertThat(row.change()).isEqualTo(Comparison.Change.SAME);
  }

  @Test
  void aSureDifferenceBelowTheThresholdIsNone() {
    Comparison.Row row =
        compare(
            JmhEntry.sample("storeTrace", 10.00, 10.01, 9.99),
            JmhEntry.sample("storeTrace", 10.20, 10.21, 10.19));
    assertThat(row.change()).isEqualTo(Comparison.Change.SAME);
  }

  @Test
  void twoIterationsTellNothing() {
    Comparison.Row row =
        compare(
            JmhEntry.sample("storeTrace", 10.0, 10.0), JmhEntry.sample("storeTrace", 90.0, 90.0));
    assertThat(row.change()).isEqualTo(Comparison.Change.UNKNOWN);
  }

  /** Computed by hand: logs of e^0, e^1, e^2 against those plus 1; t(0.995, 4) = 4.6041. */
  @Test
  void theIntervalIsWelchs() {
    double e = Math.E;
    Comparison.Row row =
        compare(
            JmhEntry.throughput("storeTrace", 1.0, e, e * e),
            JmhEntry.throughput("storeTrace", e, e * e, e * e * e));
    double half = 4.6041 * Math.sqrt(2.0 / 3);
    assertThat(Math.log(row.low())).isCloseTo(1 - half, within(1e-3));
    assertThat(Math.log(row.high())).isCloseTo(1 + half, within(1e-3));
  }

  @Test
  void subjectsOfOnlyOneRunAreCounted() {
    Comparison comparison =
        Comparison.of(
            JmhEntry.measurements(JmhEntry.sample("storeTrace", 1.0)),
            JmhEntry.measurements(
                JmhEntry.sample("storeTrace", 1.0), JmhEntry.sample("getTraceHot", 1.0)),
            0.05);
    assertThat(comparison.onlyInOne()).isEqualTo(1);
  }
}
