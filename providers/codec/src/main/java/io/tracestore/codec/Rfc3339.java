package io.tracestore.codec;

import io.tracestore.model.EpochNanos;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/** Reads times of RFC 3339, to the nanosecond; {@link Instant#toString()} writes them. */
final class Rfc3339 {
  private static final String SHAPE = "such as 2025-01-31T23:59:59.123456789Z";
  private static final int FRACTION_AT = 19;
  private static final int MAX_FRACTION_DIGITS = 9;

  private final String text;

  private Rfc3339(String text) {
    this.text = text;
  }

  /**
   * The instant that {@code text} names.
   *
   * @throws IllegalArgumentException if it names none, or one that a trace cannot hold
   */
  static Instant parse(String text) {
    Instant instant = new Rfc3339(text).parse();
    if (!EpochNanos.isRepresentable(instant)) {
      throw new IllegalArgumentException(
          "expected a time between %s and %s, found \"%s\""
              .formatted(EpochNanos.MIN, EpochNanos.MAX, text));
    }
    return instant;
  }

  private Instant parse() {
    boolean shaped =
        text.length() > FRACTION_AT
            && text.charAt(4) == '-'
            && text.charAt(7) == '-'
            && (text.charAt(10) == 'T' || text.charAt(10) == 't')
            && text.charAt(13) == ':'
            && text.charAt(16) == ':';
    if (!shaped) {
      throw wrong("expected a time " + SHAPE);
    }
    long day = epochDay(digits(0, 4), digits(5, 7), digits(8, 10));
    int hour = bounded("hour", digits(11, 13), 23);
    int minute = bounded("minute", digits(14, 16), 59);
    if (digits(17, 19) == 60) {
      throw wrong("a leap second cannot be kept");
    }
    int second = bounded("second", digits(17, 19), 59);
    int fractionEnd = fractionEnd();
    long seconds = day * 86_400 + hour * 3_600L + minute * 60L + second - offset(fractionEnd);
    return Instant.ofEpochSecond(seconds, nanos(fractionEnd));
  }

  private long epochDay(int year, int month, int day) {
    try {
      return LocalDate.of(year, month, day).toEpochDay();
    } catch (DateTimeException e) {
      throw wrong("expected a date that exists");
    }
  }

  private int fractionEnd() {
    if (text.charAt(FRACTION_AT) != '.') {
      return FRACTION_AT;
    }
    int end = FRACTION_AT + 1;
    while (end < text.length() && isDigit(text.charAt(end))) {
      end++;
    }
    int digits = end - FRACTION_AT - 1;
    if (digits == 0) {
      throw wrong("expected a time " + SHAPE);
    }
    if (digits > MAX_FRACTION_DIGITS) {
      throw wrong("expected at most 9 fraction digits");
    }
    return end;
  }

  private int nanos(int fractionEnd) {
    if (fractionEnd == FRACTION_AT) {
      return 0;
    }
    int nanos = digits(FRACTION_AT + 1, fractionEnd);
    for (int i = fractionEnd - FRACTION_AT - 1; i < MAX_FRACTION_DIGITS; i++) {
      nanos *= 10;
    }
    return nanos;
  }

  /** The seconds by which the local time of an offset is ahead. */
  private int offset(int at) {
    char sign = at < text.length() ? text.charAt(at) : ' ';
    if ((sign == 'Z' || sign == 'z') && at + 1 == text.length()) {
      return 0;
    }
    if ((sign != '+' && sign != '-') || text.length() != at + 6 || text.charAt(at + 3) != ':') {
      throw wrong("expected Z or an offset such as +02:00 at the end of a time");
    }
    int hours = bounded("offset hour", digits(at + 1, at + 3), 23);
    int minutes = bounded("offset minute", digits(at + 4, at + 6), 59);
    int seconds = hours * 3_600 + minutes * 60;
    return sign == '-' ? -seconds : seconds;
  }

  private int bounded(String part, int value, int max) {
    if (value > max) {
      throw wrong("expected a time whose " + part + " is at most " + max);
    }
    return value;
  }

  private int digits(int from, int to) {
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        throw wrong("expected a time " + SHAPE);
      }
      value = value * 10 + (c - '0');
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private IllegalArgumentException wrong(String expected) {
    return new IllegalArgumentException(
        expected + ", found \"" + Messages.oneLine(text, 60) + "\"");
  }
}
