package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.migration.TraceFormat;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Stores the traces of a backup. */
@Command(
    name = "restore",
    description = {
      "Store the traces of a file that 'export' wrote, or of one in Reflow's JSON.",
      "A backup that is truncated or altered is reported; what is good in it is stored."
    })
final class RestoreCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "The file; - is the standard input.")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "URI", description = "The store.")
  private String uri = "";

  RestoreCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    try (TraceStore store = Stores.open(uri)) {
      return Imports.run(this, store, List.of(file), TraceFormat.REFLOW);
    }
  }
}
