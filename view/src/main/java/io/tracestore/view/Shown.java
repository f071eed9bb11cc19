package io.tracestore.view;

import java.util.Locale;
import java.util.function.IntPredicate;

/** Texts and numbers as they are shown to people. */
public final class Shown {
  private static final int CONTROL_PICTURES = 0x2400;
  private static final int DELETE = 0x7f;
  private static final int DELETE_PICTURE = 0x2421;
  private static final int REPLACEMENT = 0xfffd;
  private static final int ZERO_WIDTH_JOINER = 0x200d;
  private static final double KILO = 1000;
  private static final double MAX_REAL = 1e12;
  private static final String[] UNITS = {"kB", "MB", "GB", "TB", "PB", "EB"};

  private Shown() {}

  /**
   * {@code text} with everything that could steer a terminal or reorder a line replaced by a
   * visible sign: control characters, line ends, directions.
   */
  public static String harmless(String text) {
    return harmless(text, c -> false);
  }

  /** As {@link #harmless(String)}, but line ends and tabs stay. */
  static String harmlessBlock(String text) {
    return harmless(text, c -> c == '\n' || c == '\t');
  }

  private static String harmless(String text, IntPredicate allowed) {
    if (text.codePoints().noneMatch(c -> isHarmful(c) && !allowed.test(c))) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints().map(c -> allowed.test(c) ? c : picture(c)).forEach(shown::appendCodePoint);
    return shown.toString();
  }

  private static boolean isHarmful(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
      case Character.SURROGATE -> true;
      case Character.FORMAT -> c != ZERO_WIDTH_JOINER;
      default -> false;
    };
  }

  private static int picture(int c) {
    if (!isHarmful(c)) {
      return c;
    }
    if (c < ' ') {
      return CONTROL_PICTURES + c;
    }
    return c == DELETE ? DELETE_PICTURE : REPLACEMENT;
  }

  /** The first {@code max} characters of {@code text}, with a sign if that is not all. */
  static String clip(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end) + "…";
  }

  /** Such as {@code 512 B}, {@code 1.2 kB} or {@code 34 MB}; a kB is 1000 bytes. */
  public static String bytes(long bytes) {
    if (bytes < KILO) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    do {
      value /= KILO;
      unit++;
    } while (value >= KILO - 0.5 && unit < UNITS.length - 1);
    String format = value < 10 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, value, UNITS[unit]);
  }

  /** Such as {@code 12,345.7}, or {@code 1.8e+308} where that is too long. */
  public static String real(double value) {
    String format = Math.abs(value) < MAX_REAL ? "%,.1f" : "%.1e";
    return String.format(Locale.ROOT, format, value);
  }

  /** Such as {@code 12,345}. */
  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** Such as {@code 1 event} or {@code 12,345 events}. */
  static String count(long count, String thing) {
    return count(count) + " " + thing + (count == 1 ? "" : "s");
  }
}
