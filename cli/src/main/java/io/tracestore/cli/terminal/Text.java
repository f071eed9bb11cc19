package io.tracestore.cli.terminal;

import org.jline.utils.WCWidth;

/** Text as a terminal shows it: without control characters, and measured in columns. */
public final class Text {
  private static final int CONTROL_PICTURES = 0x2400;
  private static final int DELETE = 0x7f;
  private static final int DELETE_PICTURE = 0x2421;
  private static final int REPLACEMENT = 0xfffd;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private Text() {}

  /**
   * {@code text} with everything that could steer a terminal or reorder a line replaced by a
   * visible sign: control characters, line ends, directions.
   */
  public static String harmless(String text) {
    if (text.codePoints().noneMatch(Text::isHarmful)) {
      return text;
    }
    StringBuilder shown = new StringBuilder();
    text.codePoints().map(Text::picture).forEach(shown::appendCodePoint);
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

  /** How many columns harmless {@code text} takes. */
  public static int width(String text) {
    return text.codePoints().map(Text::width).sum();
  }

  private static int width(int c) {
    return Math.max(0, WCWidth.wcwidth(c));
  }

  /** The beginning of harmless {@code text} that fits into {@code columns}, with a sign if cut. */
  public static String fit(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int left = columns - 1;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      left -= width(c);
      if (left < 0) {
        break;
      }
      cut.appendCodePoint(c);
      i += Character.charCount(c);
    }
    return columns <= 0 ? "" : cut.append('…').toString();
  }

  /** Harmless {@code text}, cut or filled with spaces to exactly {@code columns}. */
  public static String pad(String text, int columns) {
    String fitting = fit(text, columns);
    return fitting + " ".repeat(columns - width(fitting));
  }

  /** As {@link #pad}, with the spaces in front. */
  public static String padLeft(String text, int columns) {
    String fitting = fit(text, columns);
    return " ".repeat(columns - width(fitting)) + fitting;
  }
}
