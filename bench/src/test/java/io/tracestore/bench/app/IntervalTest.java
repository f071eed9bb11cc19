package io.tracestore.bench.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {
  private static List<Double> from1To(int count) {
    List<Double> values =
        new ArrayList<>(IntStream.rangeClosed(1, count).mapToObj(Double::valueOf).toList());
    Collections.shuffle(values, new Random(1));
    return values;
  }

  /** The ranks of the usual tables of the sign test's interval, at 95 %. */
  @ParameterizedTest
  @CsvSource({"6, 1, 6", "10, 2, 9", "15, 4, 12", "20, 6, 15", "25, 8, 18", "50, 18, 33"})
  void theEndsAreOrderStatistics(int count, double low, double high) {
    assertThat(Interval.of(from1To(count))).isEqualTo(new Interval((count + 1) / 2.0, low, high));
  }

  @Test
  void fiveValuesHaveNoInterval() {
    assertThat(Interval.of(from1To(5))).isEqualTo(new Interval(3, 0, Double.POSITIVE_INFINITY));
    assertThat(Interval.of(from1To(5)).isWide()).isTrue();
  }

  @Test
  void aQuarterFromTheMedianIsNotWide() {
    assertThat(new Interval(1, 0.81, 1.24).isWide()).isFalse();
    assertThat(new Interval(1, 0.79, 1.1).isWide()).isTrue();
    assertThat(new Interval(1, 0.9, 1.26).isWide()).isTrue();
  }

  @Test
  void nothingHasNoMedian() {
    assertThat(Interval.of(List.of()).median()).isNaN();
    assertThat(Interval.of(List.of()).isWide()).isTrue();
  }

  /** Of 1,000 samples of a skewed distribution, at least 940 intervals hold its median. */
  @Test
  void theIntervalHoldsTheMedianAsOftenAsItPromises() {
    Random random = new Random(7);
    long holding =
        IntStream.range(0, 1_000)
            .mapToObj(i ->
                Interval.of(
                    DoubleStream.generate(() -> Math.exp(random.nextGaussian()))
                        .limit(15)
                        .boxed()
                        .toList()))
            .filter(interval -> interval.low() <= 1 && 1 <= interval.high())
            .count();
    assertThat(holding).isGreaterThanOrEqualTo(940);
  }
}
