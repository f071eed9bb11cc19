package io.tracestore.provider.postgresql.schema;

/**
 * Text as PostgreSQL's {@code text} can hold it, which refuses U+0000.
 *
 * <p>U+0000 to U+0003 become three characters each: U+0001 and two of U+0002 and U+0003. None of
 * the four then stands for itself, every code begins with U+0001 and all are of one length, so that
 * a text contains another exactly if their escaped forms do. All other text is as it was.
 */
public final class EscapedText {
  private static final char LAST_ESCAPED = '\u0003';
  private static final char BEGIN = '\u0001';
  private static final char ZERO = '\u0002';
  private static final char ONE = '\u0003';

  private EscapedText() {}

  public static String escape(String text) {
    int length = text.length();
    for (int i = 0; i < length; i++) {
      if (text.charAt(i) <= LAST_ESCAPED) {
        return escape(text, i);
      }
    }
    return text;
  }

  private static String escape(String text, int from) {
    StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, from);
    for (int i = from; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c > LAST_ESCAPED) {
        escaped.append(c);
      } else {
        escaped.append(BEGIN).append(c < 2 ? ZERO : ONE).append(c % 2 == 0 ? ZERO : ONE);
      }
    }
    return escaped.toString();
  }

  /** The text that {@link #escape} made {@code escaped} of. */
  public static String unescape(String escaped) {
    if (escaped.indexOf(BEGIN) < 0) {
      return escaped;
    }
    StringBuilder text = new StringBuilder(escaped.length());
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == BEGIN) {
        text.append((char) (2 * (escaped.charAt(i + 1) - ZERO) + (escaped.charAt(i + 2) - ZERO)));
        i += 2;
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}
