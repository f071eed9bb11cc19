package io.tracestore.cli.terminal;

import io.tracestore.view.Shown;
import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** Text as a terminal shows it: without control characters, and measured in columns. */
public final class Text {
  private Text() {}

  /**
   * {@code text} with everything that could steer a terminal or reorder a line replaced by a
   * visible sign: control characters, line ends, directions.
   */
  public static String harmless(String text) {
    return Shown.harmless(text);
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

  /** Harmless {@code text} in lines of at most {@code columns}, broken at spaces where possible. */
  public static List<String> wrap(String text, int columns) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (width(rest) > columns) {
      int end = endOfFitting(rest, columns);
      int space = rest.lastIndexOf(' ', end);
      boolean atSpace = space > 0 && !rest.substring(0, space).isBlank();
      lines.add(rest.substring(0, atSpace ? space : end).stripTrailing());
      rest = rest.substring(atSpace ? space + 1 : end).stripLeading();
    }
    if (lines.isEmpty() || !rest.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }

  /** Where the part of {@code text} ends that fits; at least one character does. */
  private static int endOfFitting(String text, int columns) {
    int end = 0;
    int left = columns;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      left -= width(c);
      if (left < 0 && end > 0) {
        break;
      }
      end += Character.charCount(c);
    }
    return end;
  }

  /** Harmless {@code text}, cut or filled with spaces to exactly {@code columns}. */
  public static String pad(String text, int columns) {
    String fitting = fit(text, columns);
    return fitting + " ".repeat(Math.max(0, columns - width(fitting)));
  }

  /** As {@link #pad}, with the spaces in front. */
  public static String padLeft(String text, int columns) {
    String fitting = fit(text, columns);
    return " ".repeat(Math.max(0, columns - width(fitting))) + fitting;
  }
}
