package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.migration.Backup;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.TraceFiles;
import io.tracestore.migration.TraceFormat;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores the traces of a backup. */
@Command(
    name = "restore",
    description = {
      "Store the traces of a file that 'export' wrote, or of one in Reflow's JSON.",
      "A file that is truncated, altered or wrong in any part is named and nothing of it is stored,"
          + " unless --salvage takes what is good."
    })
final class RestoreCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "FILE", description = "The file; - is the standard input.")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Option(
      names = "--salvage",
      description = "Store what is good in a damaged file, and report the rest.")
  private boolean salvage;

  RestoreCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (!salvage && TraceFiles.canBeReadAgain(file)) {
      check();
    }
    try (TraceStore store = Stores.open(uri)) {
      return Imports.run(
          this,
          store,
          listener ->
              salvage
                  ? TraceFiles.openToSalvage(file, listener)
                  : TraceFiles.open(List.of(file), TraceFormat.REFLOW, listener));
    }
  }

  /** Reads the file to its end before anything is stored. */
  private void check() {
    try (Progress progress = Progress.ofBytes(console(), "checking")) {
      Backup.check(
          file,
          new ImportListener() {
            @Override
            public void read(long bytes, long totalBytes) {
              progress.at(bytes, totalBytes);
            }
          });
    } catch (CorruptDataException e) {
      throw CommandFailedException.failed(
          e.getMessage() + "; nothing was stored (--salvage stores what is good)");
    }
  }
}
