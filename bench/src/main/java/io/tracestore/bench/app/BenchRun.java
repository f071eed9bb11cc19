package io.tracestore.bench.app;

import io.tracestore.model.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Measures the cells of a plan one after the other, and reports the progress. */
final class BenchRun {
  /** The time that a cell takes in addition to measuring; an estimate until a cell is measured. */
  private static final Duration OVERHEAD = Duration.ofSeconds(3);

  private final RunFolder folder;
  private final CellRunner runner;
  private final Duration measuring;
  private final PrintStream progress;

  /**
   * @param measuring how long the measuring itself takes for each cell
   * @param progress a line for each cell
   */
  BenchRun(RunFolder folder, CellRunner runner, Duration measuring, PrintStream progress) {
    this.folder = folder;
    this.runner = runner;
    this.measuring = measuring;
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
      for (Measurement measurement : Measurement.ofJson(JsonValue.from(folder.read(cell)))) {
        progress.println("        " + summary(measurement));
      }
    }
    return folder.merge();
  }

  private Duration left(int cells, int done, Duration spent) {
    Duration each = done == 0 ? measuring.plus(OVERHEAD) : spent.dividedBy(done);
    return each.multipliedBy(cells);
  }

  private static String summary(Measurement measurement) {
    String rate = Numbers.count(measurement.perSecond()) + "/s";
    return measurement.percentiles().isEmpty()
        ? rate
        : "%s, p50 %s, p99 %s"
            .formatted(
                rate,
                Numbers.micros(measurement.percentiles().getOrDefault(50.0, Double.NaN)),
                Numbers.micros(measurement.percentiles().getOrDefault(99.0, Double.NaN)));
  }
}
