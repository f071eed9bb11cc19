package io.tracestore.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of cells in aligned columns; the last column is not padded. */
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  /** A table with a first row of {@code titles}; none for a table without. */
  public Table(String... titles) {
    if (titles.length > 0) {
      rows.add(List.of(titles));
    }
  }

  /** Adds a row; its cells are made {@linkplain Text#harmless harmless}. */
  public Table row(String... cells) {
    rows.add(Arrays.stream(cells).map(Text::harmless).toList());
    return this;
  }

  /**
   * The lines.
   *
   * @param columns how wide they may be; a line that is wider loses it in column {@code flexible}
   * @param flexible which column may be cut, from 0
   */
  public List<String> lines(int columns, int flexible) {
    int[] widths = widths();
    int excess = Arrays.stream(widths).sum() + GAP.length() * (widths.length - 1) - columns;
    if (excess > 0) {
      widths[flexible] = Math.max(8, widths[flexible] - excess);
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /** The lines, as wide as they are. */
  public List<String> lines() {
    return lines(Integer.MAX_VALUE, 0);
  }

  private int[] widths() {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], Text.width(row.get(i)));
      }
    }
    return widths;
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(i == 0 ? "" : GAP).append(Text.pad(row.get(i), widths[i]));
    }
    return line.toString().stripTrailing();
  }
}
