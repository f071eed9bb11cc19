package io.tracestore.provider.support;

import io.tracestore.spi.analytics.EventMetrics.LongSamples;
import java.math.BigInteger;

/** Samples of a metric of whole numbers that are not negative, summed up. For one thread. */
public final class LongSums {
  private final ExactSum sum = new ExactSum();
  private long count;
  private long max;

  LongSums() {}

  /** Adds one sample. */
  public void add(long value) {
    sum.add(value);
    count++;
    max = Math.max(max, value);
  }

  /**
   * Adds the sums over some samples.
   *
   * @param samples how many; 0 for none
   * @param total their sum
   * @param greatest the greatest of them
   */
  public void add(long samples, BigInteger total, long greatest) {
    sum.add(total);
    count += samples;
    max = Math.max(max, greatest);
  }

  LongSamples result() {
    return count == 0 ? LongSamples.NONE : LongSamples.of(count, sum.average(count), max);
  }
}
