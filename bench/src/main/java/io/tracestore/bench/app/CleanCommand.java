package io.tracestore.bench.app;

import io.tracestore.bench.Scratch;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
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
      "Remove what runs that were killed have left: temporary files, and tracestore_bench_... at",
      "these stores; not while another run measures there."
    })
final class CleanCommand implements Callable<Integer> {
  /** The URI of a store in the folder for temporary files, without a file of the user's. */
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
  public Integer call() throws IOException {
    int removed = clean(TEMPORARY);
    for (String uri : uris) {
      removed += clean(uri);
    }
    out.println(removed == 0 ? "nothing was left" : "removed: " + removed);
    return Main.OK;
  }

  private int clean(String uri) throws IOException {
    int removed = 0;
    for (String name : Scratch.left(uri)) {
      if (uri.equals(TEMPORARY) && Cleanup.isGoingOn(Scratch.temporary(name))) {
        out.println("still measuring: " + name);
      } else {
        Scratch.remove(uri, name);
        out.println("removed %s at %s".formatted(name, StoreUri.parse(uri)));
        removed++;
      }
    }
    return removed;
  }
}
