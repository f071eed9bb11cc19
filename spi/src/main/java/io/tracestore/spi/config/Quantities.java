package io.tracestore.spi.config;

import java.math.BigInteger;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with an optional unit, as options take them; of any size, so that none is cut. */
final class Quantities {
  private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]+) *([A-Za-z]*)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
  private static final long MEBI = 1 << 20;
  private static final Map<String, Long> BYTES =
      Map.of(
          "b", 1L,
          "kb", 1_000L,
          "mb", 1_000_000L,
          "gb", 1_000_000_000L,
          "kib", 1L << 10,
          "mib", MEBI,
          "gib", 1L << 30);

  private Quantities() {}

  /** The whole number that {@code text} is. */
  static BigInteger parseWhole(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException("must be a whole number");
    }
    return new BigInteger(text);
  }

  /** How many milliseconds {@code text} means; a number without a unit counts in them. */
  static BigInteger parseMillis(String text) {
    Matcher matcher = match(text, "must be a time such as 300ms, 5s, 2m, 1h or 7d");
    return times(matcher, MILLIS, 1L, "has an unknown unit (ms, s, m, h, d)");
  }

  /** How many MiB {@code text} means; a number without a unit counts in them. */
  static BigInteger parseMebibytes(String text) {
    Matcher matcher = match(text, "must be a size such as 64MiB or 1GiB");
    BigInteger[] parts =
        times(matcher, BYTES, MEBI, "has an unknown unit (B, KB, MB, GB, KiB, MiB, GiB)")
            .divideAndRemainder(BigInteger.valueOf(MEBI));
    if (parts[1].signum() != 0) {
      throw new IllegalArgumentException("must be a whole number of MiB");
    }
    return parts[0];
  }

  private static Matcher match(String text, String expected) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(expected);
    }
    return matcher;
  }

  private static BigInteger times(
      Matcher matcher, Map<String, Long> units, long plainUnit, String unknown) {
    String name = matcher.group(2).toLowerCase(Locale.ROOT);
    Long unit = name.isEmpty() ? Long.valueOf(plainUnit) : units.get(name);
    if (unit == null) {
      throw new IllegalArgumentException(unknown);
    }
    return new BigInteger(matcher.group(1)).multiply(BigInteger.valueOf(unit));
  }
}
