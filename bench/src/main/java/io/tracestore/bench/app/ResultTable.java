package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The numbers of a run as rows of text: the table in the terminal and that of the report. */
final class ResultTable {
  /** The names of the columns. */
  static final List<String> COLUMNS =
      List.of(
          "Operation",
          "Store",
          "Per second",
          "p50",
          "p95",
          "p99",
          "p99.9",
          "Max",
          "Bytes allocated",
          "Beside its peer");

  private static final String GAP = "  ";

  private ResultTable() {}

  /** A row for each store and operation at the smallest size. */
  static List<List<String>> rows(Results results) {
    List<List<String>> rows = new ArrayList<>();
    for (String title : results.titles()) {
      for (String store : results.stores()) {
        results.find(store, title, results.baseSize()).ifPresent(figure -> rows.add(row(figure)));
      }
    }
    return rows;
  }

  private static List<String> row(Results.Figure figure) {
    return List.of(
        figure.subject().title(),
        figure.subject().store(),
        Numbers.count(figure.perSecond()),
        Numbers.micros(figure.micros(50)),
        Numbers.micros(figure.micros(95)),
        Numbers.micros(figure.micros(99)),
        Numbers.micros(figure.micros(99.9)),
        Numbers.micros(figure.micros(100)),
        Numbers.bytes(figure.bytesAllocated()),
        figure.ratios().isEmpty() ? Numbers.UNKNOWN : ratios(figure));
  }

  /** The ratios to all peers, each with the peer's name. */
  static String ratios(Results.Figure figure) {
    return figure.ratios().stream()
        .map(ratio -> "%s of %s".formatted(ratio, ratio.peer()))
        .collect(Collectors.joining("; "));
  }

  /** Lines of aligned columns under their names. */
  static List<String> lines(List<String> columns, List<List<String>> rows) {
    int[] widths = columns.stream().mapToInt(String::length).toArray();
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    lines.add(line(columns, widths));
    rows.forEach(row -> lines.add(line(row, widths)));
    return lines;
  }

  private static String line(List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String space = " ".repeat(widths[i] - cells.get(i).length());
      // Names to the left, numbers to the right.
      line.append(i == 0 ? "" : GAP).append(i < 2 ? cells.get(i) + space : space + cells.get(i));
    }
    return line.toString().stripTrailing();
  }
}
