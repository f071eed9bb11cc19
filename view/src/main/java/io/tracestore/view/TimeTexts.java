package io.tracestore.view;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times and durations as people write them, in options and in addresses of pages. */
public final class TimeTexts {
  private static final Pattern DURATION =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|m|h|d)");

  private static final int DATE_LENGTH = "2026-01-05".length();

  private TimeTexts() {}

  /**
   * Such as {@code 300ms}, {@code 1.5s} or {@code PT5S}.
   *
   * @throws IllegalArgumentException if it is no duration
   */
  public static Duration duration(String text) {
    Matcher matcher = DURATION.matcher(text.toLowerCase(Locale.ROOT));
    try {
      if (matcher.matches()) {
        long unit = nanosOf(matcher.group(2));
        BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
        return Duration.ofNanos(nanos.longValueExact());
      }
      return Duration.parse(text);
    } catch (ArithmeticException | DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is no duration such as 300ms, 1.5s, 2m or 1h".formatted(text), e);
    }
  }

  private static long nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1_000;
      case "ms" -> 1_000_000;
      case "s" -> 1_000_000_000;
      case "m" -> Duration.ofMinutes(1).toNanos();
      case "h" -> Duration.ofHours(1).toNanos();
      default -> Duration.ofDays(1).toNanos();
    };
  }

  /**
   * A time up to which something is taken: a date alone includes that day.
   *
   * @throws IllegalArgumentException if it is no time
   */
  public static Instant until(String text) {
    Instant instant = instant(text);
    return text.length() == DATE_LENGTH ? instant.plus(Duration.ofDays(1)).minusNanos(1) : instant;
  }

  /**
   * Such as {@code 2026-01-05}, {@code 2026-01-05T08:00} (both UTC) or with an offset.
   *
   * @throws IllegalArgumentException if it is no time
   */
  public static Instant instant(String text) {
    try {
      if (text.length() == DATE_LENGTH) {
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      }
      boolean hasZone = text.matches(".*T.*([Zz]|[+-]\\d\\d:?\\d\\d)");
      return hasZone
          ? OffsetDateTime.parse(text).toInstant()
          : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is no time such as 2026-01-05, 2026-01-05T08:00 (UTC) or 2026-01-05T08:00:00+01:00"
              .formatted(text),
          e);
    }
  }
}
