package io.tracestore.spi;

import java.math.BigInteger;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with an optional unit, as options take them. */
final class Quantities {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,19})\\s*([A-Za-z]*)");
  private static final Map<String, Duration> DURATIONS =
      Map.of(
          "ms", Duration.ofMillis(1),
          "s", Duration.ofSeconds(1),
          "m", Duration.ofMinutes(1),
          "h", Duration.ofHours(1),
          "d", Duration.ofDays(1));
  private static final long MEBI = 1 << 20;
  private static final Map<String, Long> SIZES =
      Map.of(
          "b", 1L,
          "kb", 1_000L,
          "mb", 1_000_000L,
          "gb", 1_000_000_000L,
          "kib", 1L << 10,
          "mib", MEBI,
          "gib", 1L << 30);

  private Quantities() {}

  /** How many {@code plainUnit}s {@code text} means; a number without a unit counts in them. */
  static long parseDuration(String text, Duration plainUnit) {
    Matcher matcher = match(text, "must be a time such as 300ms, 5s, 2m, 1h or 7d");
    String unitName = matcher.group(2);
    Duration unit =
        unitName.isEmpty() ? plainUnit : DURATIONS.get(unitName.toLowerCase(Locale.ROOT));
    if (unit == null) {
      throw new IllegalArgumentException("has an unknown unit (ms, s, m, h, d)");
    }
    return whole(matcher.group(1), unit.toMillis(), plainUnit.toMillis(), "ms");
  }

  /** How many MiB {@code text} means; a number without a unit counts in them. */
  static long parseMebibytes(String text) {
    Matcher matcher = match(text, "must be a size such as 64MiB or 1GiB");
    String unitName = matcher.group(2).toLowerCase(Locale.ROOT);
    Long unit = unitName.isEmpty() ? Long.valueOf(MEBI) : SIZES.get(unitName);
    if (unit == null) {
      throw new IllegalArgumentException("has an unknown unit (B, KB, MB, GB, KiB, MiB, GiB)");
    }
    return whole(matcher.group(1), unit, MEBI, "MiB");
  }

  private static Matcher match(String text, String expected) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(expected);
    }
    return matcher;
  }

  private static long whole(String number, long unit, long target, String targetName) {
    BigInteger[] parts =
        new BigInteger(number)
            .multiply(BigInteger.valueOf(unit))
            .divideAndRemainder(BigInteger.valueOf(target));
    if (parts[1].signum() != 0) {
      throw new IllegalArgumentException("must be a whole number of " + targetName);
    }
    return parts[0].bitLength() < Long.SIZE ? parts[0].longValue() : Long.MAX_VALUE;
  }
}
