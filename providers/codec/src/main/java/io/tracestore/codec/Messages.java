package io.tracestore.codec;

/** Makes foreign text fit to stand in an error of one line. */
final class Messages {
  private static final String CUT = "...";

  private Messages() {}

  /**
   * At most {@code max} characters of {@code text}, none of which breaks the line or a terminal.
   */
  static String oneLine(String text, int max) {
    boolean cut = text.length() > max;
    String start = cut ? text.substring(0, max - CUT.length()) : text;
    StringBuilder line = new StringBuilder(start.length() + CUT.length());
    start.codePoints().forEach(c -> append(line, c));
    return cut ? line.append(CUT).toString() : line.toString();
  }

  private static void append(StringBuilder line, int c) {
    switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          line.append(c == '\n' || c == '\r' || c == '\t' ? " " : "?");
      default -> line.appendCodePoint(c);
    }
  }
}
