package io.tracestore.migration.spans;

/**
 * Makes texts that a trace can hold of those that it cannot: each half of a surrogate pair without
 * its other half becomes U+FFFD. Not safe for several threads.
 */
public final class TextRepair {
  private static final char REPLACEMENT = '\uFFFD';

  private boolean repaired;

  /** {@code text}, repaired if it needs to be. */
  public String check(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return repairFrom(text, i);
      }
    }
    return text;
  }

  private String repairFrom(String text, int first) {
    StringBuilder good = new StringBuilder(text.length()).append(text, 0, first);
    for (int i = first; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isPair = i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1));
      if (isPair) {
        good.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        good.append(REPLACEMENT);
        repaired = true;
      } else {
        good.append(c);
      }
    }
    return good.toString();
  }

  /** Whether a text was repaired since this was last asked. */
  public boolean take() {
    boolean taken = repaired;
    repaired = false;
    return taken;
  }
}
