package io.tracestore.bench.app;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a report again. */
@Command(name = "report", description = "Make the report of a run again, such as for another need.")
final class ReportCommand implements Callable<Integer> {
  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Option(names = "--need", paramLabel = "NEED", description = "What to recommend for.")
  private String need = "";

  @Parameters(index = "0", paramLabel = "results.json", description = "The results of the run.")
  private Path results;

  ReportCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    Path page = results.toAbsolutePath().resolveSibling("report.html");
    Reports.rewrite(results.toAbsolutePath(), Need.parse(need), page, out);
    out.println();
    out.println("report:  " + page);
    return Main.OK;
  }
}
