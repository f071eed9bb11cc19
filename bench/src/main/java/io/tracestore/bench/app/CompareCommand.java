package io.tracestore.bench.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two runs. */
@Command(
    name = "compare",
    description = {
      "Say what became slower or faster from A to B; exit code 1 if anything became slower.",
      "Means of iterations are compared by Welch's t interval of their logarithms, at 99 %."
    })
final class CompareCommand implements Callable<Integer> {
  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(
      names = "--threshold",
      paramLabel = "PERCENT",
      defaultValue = "5",
      description = "Changes up to this are none (${DEFAULT-VALUE}).")
  private double threshold;

  @Parameters(index = "0", paramLabel = "A.json", description = "The results before.")
  private Path before;

  @Parameters(index = "1", paramLabel = "B.json", description = "The results after.")
  private Path after;

  CompareCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    Comparison comparison =
        Comparison.of(
            Measurement.ofJson(Json.read(before)),
            Measurement.ofJson(Json.read(after)),
            threshold / 100);
    if (comparison.rows().isEmpty()) {
      throw new BenchException("the two files have no measurement in common");
    }
    List<List<String>> rows = new ArrayList<>();
    for (Comparison.Row row : comparison.rows()) {
      rows.add(
          List.of(
              row.title(),
              row.change().name().toLowerCase(Locale.ROOT),
              Numbers.ratio(row.speed()),
              "%s to %s".formatted(Numbers.ratio(row.low()), Numbers.ratio(row.high()))));
    }
    ResultTable.lines(List.of("Measured", "Change", "Speed", "Interval"), rows)
        .forEach(out::println);
    if (comparison.onlyInOne() > 0) {
      out.println("measured in only one of the two: " + comparison.onlyInOne());
    }
    out.println("regressions: " + comparison.regressions());
    return comparison.regressions() == 0 ? Main.OK : Main.FAILED;
  }
}
