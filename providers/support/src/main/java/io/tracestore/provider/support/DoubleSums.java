package io.tracestore.provider.support;

import io.tracestore.spi.analytics.EventMetrics.DoubleSamples;
import java.math.BigInteger;

/** Samples of a metric of real numbers, summed up exactly. For one thread. */
public final class DoubleSums {
  private final ExactDoubleSum sum = new ExactDoubleSum();
  private long count;
  private double max = Double.NEGATIVE_INFINITY;

  DoubleSums() {}

  /** Adds one sample. */
  public void add(double value) {
    sum.add(value);
    count(1, value);
  }

  /**
   * Adds the number of some samples; {@link #addSum} adds their values.
   *
   * @param samples how many, positive
   * @param greatest the greatest of them
   */
  public void count(long samples, double greatest) {
    count += samples;
    max = Math.max(max, greatest);
  }

  /**
   * Adds the values of samples of one sign and exponent.
   *
   * @param signAndExponent the first 12 bits of each as a {@code double}, with the sign of the
   *     number that they are
   * @param significands the sum of the last 52 bits of each, with its implied bit: 2<sup>52</sup>
   *     unless all bits of the exponent are 0
   */
  public void addSum(int signAndExponent, BigInteger significands) {
    sum.add(signAndExponent, significands);
  }

  DoubleSamples result() {
    return count == 0
        ? DoubleSamples.NONE
        : DoubleSamples.of(count, sum.average(count), max + 0.0); // zero has no sign
  }
}
