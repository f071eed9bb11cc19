package io.tracestore.provider.support;

import java.math.BigInteger;

/** A sum of finite doubles, exact however much they differ. For one thread. */
final class ExactDoubleSum {
  private static final int FRACTION_BITS = 52;
  private static final int EXPONENTS = 0x7FF;

  /** The exponent of the last bit of a double is this number less than the one it is stored as. */
  private static final int BIAS = Double.MAX_EXPONENT + FRACTION_BITS;

  /** The sum is this number times 2 to the power of {@link #exponent}. */
  private BigInteger scaled = BigInteger.ZERO;

  private int exponent = Double.MAX_EXPONENT - FRACTION_BITS;

  void add(double value) {
    long bits = Double.doubleToRawLongBits(value);
    int signAndExponent = (int) (bits >> FRACTION_BITS);
    long implied = (signAndExponent & EXPONENTS) == 0 ? 0 : 1L << FRACTION_BITS;
    long significand = (bits & ((1L << FRACTION_BITS) - 1)) | implied;
    add(signAndExponent, BigInteger.valueOf(significand));
  }

  /**
   * Adds doubles of one sign and exponent.
   *
   * @param signAndExponent their first 12 bits, with the sign of the number that they are
   * @param significands the sum of their last 52 bits, each with its implied bit
   */
  void add(int signAndExponent, BigInteger significands) {
    int ofLastBit = Math.max(signAndExponent & EXPONENTS, 1) - BIAS;
    if (ofLastBit < exponent) {
      scaled = scaled.shiftLeft(exponent - ofLastBit);
      exponent = ofLastBit;
    }
    BigInteger shifted = significands.shiftLeft(ofLastBit - exponent);
    scaled = signAndExponent < 0 ? scaled.subtract(shifted) : scaled.add(shifted);
  }

  /** The sum divided by {@code count}, which is positive. */
  double average(long count) {
    return ExactSum.quotient(
        scaled.shiftLeft(Math.max(exponent, 0)),
        BigInteger.valueOf(count).shiftLeft(Math.max(-exponent, 0)));
  }
}
