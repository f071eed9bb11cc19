package io.tracestore.bench.app;

import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Measures the cells of a plan one after the other, and reports the progress. */
final class BenchRun {
  private final RunFolder folder;
  private final CellRunner runner;
  private final Duration ofCell;
  private final PrintStream progress;

  /**
   * @param ofCell about how long a cell takes; an estimate until one is measured
   * @param progress a line for each cell
   */
  BenchRun(RunFolder folder, CellRunner runner, Duration ofCell, PrintStream progress) {
    this.folder = folder;
    this.runner = runner;
    this.ofCell = ofCell;
    this.progress = progress;
  }

  /**
   * Measures all {@code cells} that the folder does not have yet.
   *
   * @return everything the folder has then, in JMH's format
   */
  JsonValue run(List<Cell> cells) throws IOException {
    List<Cell> open = cells.stream().filter(cell -> !folder.has(cell)).toList();
    if (open.size() < cells.size()) {
      progress.printf(
          "going on: %d of %d are measured already%n", cells.size() - open.size(), cells.size());
    }
    long start = System.nanoTime();
    for (int done = 0; done < open.size(); done++) {
      Cell cell = open.get(done);
      Duration left = left(open.size() - done, done, Duration.ofNanos(System.nanoTime() - start));
      progress.printf(
          "[%d/%d] %s ... about %s left%n",
          done + 1, open.size(), cell.title(), Numbers.time(left));
      folder.keep(cell, runner.run(cell));
      Results results = new Results(Measurement.ofJson(JsonValue.from(folder.read(cell))));
      results.figures().forEach(figure -> progress.println("        " + summary(figure)));
    }
    return folder.merge();
  }

  private Duration left(int cells, int done, Duration spent) {
    Duration each = done == 0 ? ofCell : spent.dividedBy(done);
    return each.multipliedBy(cells);
  }

  private static String summary(Results.Figure figure) {
    String summary =
        "%s: %s/s, p50 %s, p99 %s"
            .formatted(
                (figure.subject().isBaseline() ? "baseline " : "") + figure.subject().title(),
                Numbers.count(figure.perSecond()),
                Numbers.micros(figure.micros(50)),
                Numbers.micros(figure.micros(99)));
    return figure.ratios().isEmpty() ? summary : summary + "; " + ResultTable.ratios(figure);
  }
}
