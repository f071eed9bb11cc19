package io.tracestore.spi.analytics;

import java.util.Arrays;

/**
 * Counts values by classes of their size, and estimates percentiles that are at most a sixteenth
 * too high. For one thread at a time.
 *
 * <p>The classes, and so the answers, are the same in every store. A value {@code v} below 16 is a
 * class of its own; every further power of two is divided into 16 classes of equal width: with
 * {@code e = floor(log2(v))} the class is {@code (e - 3) * 16 + ((v >> (e - 4)) & 15)}, from 16 to
 * {@value #CLASSES} - 1. (HdrHistogram and others divide powers of two likewise.)
 *
 * <p>The percentile {@code p} of {@code n} values is the highest value of the lowest class for
 * which it and those below hold {@code ceil(p * n / 100)} values or more, but not above the
 * greatest value seen.
 */
public final class LatencyHistogram {
  /** How many classes there are: enough for every value that is not negative. */
  public static final int CLASSES = 960;

  private static final int EXACT = 16;
  private static final int BITS = 4;

  // The classes that occur, ascending, with their counts: mostly few.
  private short[] classes = new short[8];
  private long[] counts = new long[8];
  private int used;
  private long count;
  private long max;

  /** Nothing counted yet. */
  public LatencyHistogram() {}

  /**
   * The class of {@code value}.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static int classOf(long value) {
    if (value < EXACT) {
      if (value < 0) {
        throw new IllegalArgumentException("value must not be negative: " + value);
      }
      return (int) value;
    }
    int exponent = 63 - Long.numberOfLeadingZeros(value);
    return (exponent - BITS + 1) * EXACT + (int) (value >> (exponent - BITS) & EXACT - 1);
  }

  /** The highest value of a class. */
  public static long highestOf(int latencyClass) {
    if (latencyClass < 0 || latencyClass >= CLASSES) {
      throw new IllegalArgumentException("no such class: " + latencyClass);
    }
    if (latencyClass < EXACT) {
      return latencyClass;
    }
    int shift = latencyClass / EXACT - 1;
    // The last class ends at Long.MAX_VALUE: what overflows here comes back by the subtraction.
    return ((latencyClass % EXACT + EXACT + 1L) << shift) - 1;
  }

  /** Counts one value, not negative. */
  public void add(long value) {
    add(classOf(value), 1, value);
  }

  /**
   * Counts {@code times} values of one class.
   *
   * @param greatest the greatest of them
   */
  public void add(int latencyClass, long times, long greatest) {
    if (classOf(greatest) != latencyClass) {
      throw new IllegalArgumentException("%d is not of class %d".formatted(greatest, latencyClass));
    }
    if (times <= 0) {
      throw new IllegalArgumentException("times must be positive: " + times);
    }
    int index = indexOf((short) latencyClass); // may replace the array
    counts[index] += times;
    count += times;
    max = Math.max(max, greatest);
  }

  private int indexOf(short latencyClass) {
    int found = Arrays.binarySearch(classes, 0, used, latencyClass);
    if (found >= 0) {
      return found;
    }
    int at = -found - 1;
    if (used == classes.length) {
      classes = Arrays.copyOf(classes, used * 2);
      counts = Arrays.copyOf(counts, used * 2);
    }
    System.arraycopy(classes, at, classes, at + 1, used - at);
    System.arraycopy(counts, at, counts, at + 1, used - at);
    classes[at] = latencyClass;
    counts[at] = 0;
    used++;
    return at;
  }

  /** How many values were counted. */
  public long count() {
    return count;
  }

  /** The greatest value; 0 if there is none. */
  public long max() {
    return max;
  }

  /**
   * The percentile {@code percent}; 0 if nothing was counted.
   *
   * @param percent from 1 to 100
   */
  public long percentile(int percent) {
    if (percent < 1 || percent > 100) {
      throw new IllegalArgumentException("percent must be between 1 and 100: " + percent);
    }
    // ceil(percent * count / 100), without an overflow
    long rank = count / 100 * percent + (count % 100 * percent + 99) / 100;
    long passed = 0;
    for (int i = 0; i < used; i++) {
      passed += counts[i];
      if (passed >= rank) {
        return Math.min(highestOf(classes[i]), max);
      }
    }
    return max;
  }
}
