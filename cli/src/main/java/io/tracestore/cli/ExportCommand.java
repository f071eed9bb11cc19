package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.migration.Backup;
import io.tracestore.migration.BackupReport;
import io.tracestore.migration.TraceFiles;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes traces to a file. */
@Command(
    name = "export",
    description = {
      "Write the traces that match all filters to a file, one JSON line each, newest first.",
      "A name that ends in .gz or .zst has it packed. The file appears when it is whole."
    })
final class ExportCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is the standard output.")
  private Path file = Path.of("");

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "BACKUP",
      description =
          "BACKUP, with a first and a last line that prove it whole; LINES or ARRAY, for other tools"
              + " (${DEFAULT-VALUE}).")
  private Backup.Layout layout = Backup.Layout.BACKUP;

  @Mixin private FilterOptions filters = new FilterOptions();

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    TraceQuery filter = filters.toQuery().build();
    try (TraceStore store = Stores.open(uri)) {
      if (file.equals(TraceFiles.STDIN)) {
        Backup.write(store, filter, console().stream(), layout, traces -> {});
        return Cli.OK;
      }
      BackupReport report = write(store, filter);
      if (isJson()) {
        printJson(
            Map.of("file", file.toString(), "traces", report.traces(), "events", report.events()));
      } else {
        print(
            "wrote %s with %s to %s"
                .formatted(
                    Counts.of(report.traces(), "trace"),
                    Counts.of(report.events(), "event"),
                    file));
      }
      return Cli.OK;
    }
  }

  private BackupReport write(TraceStore store, TraceQuery filter) {
    try (Progress progress = Progress.ofTraces(console(), "writing")) {
      long total = console().errIsTerminal() ? store.count(filter) : -1;
      return Backup.write(store, filter, file, layout, traces -> progress.at(traces, total));
    }
  }
}
