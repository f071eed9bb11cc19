package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import io.tracestore.spi.StoreUri;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes what runs that were killed have left. */
@Command(
    name = "clean",
    description = {
      "Remove what a run that was killed has left: tracestore_bench_... at these stores, and",
      "temporary files. Not while another run measures there."
    })
final class CleanCommand implements Callable<Integer> {
  /** Without a file of the user's: in the folder for temporary files. */
  private static final String TEMPORARY = "sqlite:";

  private final PrintStream out;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  @SuppressWarnings("unused") // picocli sets it and shows the help
  private boolean help;

  @Parameters(arity = "0..*", paramLabel = "URI", description = "The stores that were measured.")
  private List<String> uris = List.of();

  CleanCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    int removed = clean(TEMPORARY);
    for (String uri : uris) {
      removed += clean(uri);
    }
    out.println(removed == 0 ? "nothing was left" : "removed: " + removed);
    return Main.OK;
  }

  private int clean(String uri) {
    List<String> left = Scratch.left(uri);
    for (String name : left) {
      Scratch.remove(uri, name);
      out.println("removed %s at %s".formatted(name, StoreUri.parse(uri)));
    }
    return left.size();
  }
}
