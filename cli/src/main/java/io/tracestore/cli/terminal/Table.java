package io.tracestore.cli.terminal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of cells in aligned columns; the last column is not padded. */
public final class Table {
  private static final String GAP = "  ";
  private static final String INDENT = "  ";

  /** A cell is cut no further than this. */
  private static final int MIN_CUT = 8;

  /** A last column narrower than this is put below its row. */
  private static final int MIN_WRAPPED = 16;

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
   * @param columns how wide they may be
   * @param flexible which columns may be cut, from 0; if that is not enough, each row takes several
   *     lines
   */
  public List<String> lines(int columns, int... flexible) {
    return blocks(columns, flexible).stream().flatMap(List::stream).toList();
  }

  /** The lines of each row, as {@link #lines(int, int...)} has them. */
  public List<List<String>> blocks(int columns, int... flexible) {
    int[] widths = widths();
    cut(widths, columns, flexible);
    List<int[]> parts = parts(widths, columns);
    return rows.stream().map(row -> block(row, widths, parts, columns)).toList();
  }

  /** The lines, as wide as they are. */
  public List<String> lines() {
    return lines(Integer.MAX_VALUE);
  }

  /** The lines, with the last column wrapped at spaces so that they fit into {@code columns}. */
  public List<String> wrapped(int columns) {
    int[] widths = widths();
    if (widths.length == 0 || total(widths) <= columns) {
      return lines();
    }
    int last = widths.length - 1;
    int before = total(Arrays.copyOf(widths, last)) + GAP.length();
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      String front = line(row.subList(0, Math.min(last, row.size())), widths, 0);
      String text = row.size() > last ? row.get(last) : "";
      if (columns - before >= MIN_WRAPPED) {
        addBeside(lines, Text.pad(front, before), Text.wrap(text, columns - before));
      } else {
        lines.addAll(Text.wrap(front.stripTrailing(), columns));
        Text.wrap(text, columns - 2 * INDENT.length())
            .forEach(piece -> lines.add(INDENT + INDENT + piece));
      }
    }
    return lines.stream().map(String::stripTrailing).toList();
  }

  private static void addBeside(List<String> lines, String front, List<String> pieces) {
    String padding = " ".repeat(Text.width(front));
    for (int i = 0; i < pieces.size(); i++) {
      lines.add((i == 0 ? front : padding) + pieces.get(i));
    }
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

  private static int total(int[] widths) {
    return Arrays.stream(widths).sum() + GAP.length() * Math.max(0, widths.length - 1);
  }

  /** Makes the widest of the flexible columns narrower until all fit or none can be cut further. */
  private static void cut(int[] widths, int columns, int... flexible) {
    int excess = total(widths) - columns;
    while (excess > 0) {
      int widest =
          Arrays.stream(flexible).reduce((a, b) -> widths[b] > widths[a] ? b : a).orElse(-1);
      if (widest < 0 || widths[widest] <= MIN_CUT) {
        return;
      }
      widths[widest]--;
      excess--;
    }
  }

  /** Ranges of columns that share a line: the first column of each line, and the end. */
  private static List<int[]> parts(int[] widths, int columns) {
    List<int[]> parts = new ArrayList<>();
    int from = 0;
    int width = 0;
    for (int i = 0; i < widths.length; i++) {
      int more = (i == from ? indentOf(from) : GAP.length()) + widths[i];
      if (i > from && width + more > columns) {
        parts.add(new int[] {from, i});
        from = i;
        width = indentOf(i) + widths[i];
      } else {
        width += more;
      }
    }
    parts.add(new int[] {from, widths.length});
    return parts;
  }

  private static int indentOf(int from) {
    return from == 0 ? 0 : INDENT.length();
  }

  private static List<String> block(
      List<String> row, int[] widths, List<int[]> parts, int columns) {
    List<String> lines = new ArrayList<>();
    for (int[] part : parts) {
      int from = Math.min(part[0], row.size());
      String line = line(row.subList(from, Math.min(part[1], row.size())), widths, from);
      if (part[0] == 0 || !line.isBlank()) {
        String indent = " ".repeat(indentOf(part[0]));
        Text.wrap(line.stripTrailing(), columns - indent.length())
            .forEach(piece -> lines.add((indent + piece).stripTrailing()));
      }
    }
    return lines;
  }

  /** The line of {@code cells}, the first of which is in column {@code from}. */
  private static String line(List<String> cells, int[] widths, int from) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(i == 0 ? "" : GAP).append(Text.pad(cells.get(i), widths[from + i]));
    }
    return line.toString().stripTrailing();
  }
}
