package io.tracestore.provider.support;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/** A sum of numbers that are not negative, exact however great it gets. For one thread. */
final class ExactSum {
  private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);

  /** All whole numbers up to this one are doubles. */
  private static final long MAX_EXACT = 1L << 53;

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

  /** The sum divided by {@code count}, which is positive. */
  double average(long count) {
    // Where the sum is a double, the one division rounds as the quotient of the numbers does.
    return high == 0 && low >= 0 && low <= MAX_EXACT
        ? (double) low / count
        : quotient(value(), BigInteger.valueOf(count));
  }

  /** A quotient as the averages of {@link io.tracestore.spi.analytics.EventMetrics} are rounded. */
  static double quotient(BigInteger dividend, BigInteger divisor) {
    double quotient =
        new BigDecimal(dividend)
            .divide(new BigDecimal(divisor), MathContext.DECIMAL128)
            .doubleValue();
    return quotient + 0.0; // zero has no sign
  }

  /** The sum, or {@link Long#MAX_VALUE} if it is greater. */
  long saturated() {
    return high == 0 && low >= 0 ? low : value().min(MAX_LONG).longValueExact();
  }
}
