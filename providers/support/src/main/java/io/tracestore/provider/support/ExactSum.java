package io.tracestore.provider.support;

import java.math.BigInteger;

/** A sum of numbers that are not negative, exact however great it gets. For one thread. */
final class ExactSum {
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  private long high;

  /** The lower 64 bits, without a sign. */
  private long low;

  void add(long value) {
    low += value;
    if (Long.compareUnsigned(low, value) < 0) {
      high++;
    }
  }

  void add(BigInteger value) {
    add(value.longValue());
    high += value.shiftRight(Long.SIZE).longValue();
  }

  BigInteger value() {
    BigInteger unsigned = new BigInteger(Long.toUnsignedString(low));
    return BigInteger.valueOf(high).shiftLeft(Long.SIZE).add(unsigned);
  }

  /** The sum divided by {@code count} and rounded down; 0 if that is 0. */
  long average(long count) {
    if (count == 0) {
      return 0;
    }
    return high == 0 && low >= 0
        ? low / count
        : value().divide(BigInteger.valueOf(count)).longValueExact();
  }

  /** The sum, or {@link Long#MAX_VALUE} if it is greater. */
  long saturated() {
    return high == 0 && low >= 0 ? low : value().min(MAX_LONG).longValueExact();
  }
}
