package io.tracestore.spi.internal;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the name that somebody who mistyped one probably meant. */
public final class NearestName {
  private NearestName() {}

  /** {@code " (did you mean 'x'?)"}, or nothing if no name is near. */
  public static String suggestion(String wrong, Collection<String> known) {
    return find(wrong, known).map(name -> " (did you mean '" + name + "'?)").orElse("");
  }

  /**
   * The known name with the fewest edits, upper and lower case being the same, if they are at most
   * a third of its letters, or one; of several the first.
   */
  public static Optional<String> find(String wrong, Collection<String> known) {
    String lower = wrong.toLowerCase(Locale.ROOT);
    return known.stream()
        .filter(name -> isNear(lower, name))
        .min(Comparator.comparingInt(name -> edits(lower, name)));
  }

  private static boolean isNear(String lower, String name) {
    int most = Math.max(1, name.length() / 3);
    // The lengths first: the table of edits would be huge for a huge text.
    return Math.abs(lower.length() - name.length()) <= most && edits(lower, name) <= most;
  }

  /** The optimal string alignment distance: insert, delete, replace, swap two neighbours. */
  private static int edits(String lower, String name) {
    String other = name.toLowerCase(Locale.ROOT);
    int[][] d = new int[lower.length() + 1][other.length() + 1];
    for (int i = 0; i <= lower.length(); i++) {
      for (int j = 0; j <= other.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replace = lower.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + replace);
        if (i > 1
            && j > 1
            && lower.charAt(i - 1) == other.charAt(j - 2)
            && lower.charAt(i - 2) == other.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[lower.length()][other.length()];
  }
}
