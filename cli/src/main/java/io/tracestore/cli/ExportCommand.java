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
      "Write the traces that match all filters to a file, newest first, one JSON line each.",
      "A name that ends in .gz or .zst has it packed. The file appears when it is whole."
    })
final class ExportCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is the standard output.")
  private Path file = Path.of("");

  /** What the file is to be in. */
  private enum Format {
    REFLOW,
    OTLP
  }

  /** How Reflow's JSON stands in the file. */
  private enum ReflowLayout {
    BACKUP,
    LINES,
    ARRAY
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "REFLOW",
      description =
          "REFLOW, which keeps everything; OTLP, one JSON object that tracing tools open"
              + " (${DEFAULT-VALUE}).")
  private Format format = Format.REFLOW;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      defaultValue = "BACKUP",
      description =
          "Of REFLOW: BACKUP, with a first and a last line that prove it whole; LINES or ARRAY, for"
              + " other tools (${DEFAULT-VALUE}).")
  private ReflowLayout layout = ReflowLayout.BACKUP;

  @Mixin private FilterOptions filters = new FilterOptions();

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    TraceQuery filter = filters.toQuery().build();
    try (TraceStore store = Stores.open(uri)) {
      if (file.equals(TraceFiles.STDIN)) {
        Backup.write(store, filter, console().stream(), layout(), traces -> {});
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

  private Backup.Layout layout() {
    if (format == Format.OTLP) {
      return Backup.Layout.OTLP;
    }
    return switch (layout) {
      case BACKUP -> Backup.Layout.BACKUP;
      case LINES -> Backup.Layout.LINES;
      case ARRAY -> Backup.Layout.ARRAY;
    };
  }

  private BackupReport write(TraceStore store, TraceQuery filter) {
    try (Progress progress = Progress.ofTraces(console(), "writing")) {
      long total = console().errIsTerminal() ? store.count(filter) : -1;
      return Backup.write(store, filter, file, layout(), traces -> progress.at(traces, total));
    }
  }
}
