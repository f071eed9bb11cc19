package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.cli.terminal.Text;
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
      "A name that ends in .gz or .zst has it packed. The file appears when it is whole, and only its"
          + " owner may read it; one of traces that is there is replaced, any other is not."
    })
final class ExportCommand extends BaseCommand {
  /** One broken store must not fill the screen. */
  private static final int SHOWN = 20;

  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The file; - is the standard output.")
  private Path file = Path.of("");

  /** The format of the file. */
  private enum Format {
    REFLOW,
    OTLP,
    ZIPKIN,
    JAEGER,
    CHROME,
    JSONL
  }

  /** The layout of Reflow's JSON in the file. */
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
          "REFLOW, which keeps everything; OTLP, ZIPKIN or JAEGER, for tracing tools; CHROME, for"
              + " Perfetto and speedscope; JSONL, one line for each event, for databases"
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

  @Option(
      names = "--custom-events",
      description =
          "With LINES or ARRAY, also write custom events, which no Reflow reads; BACKUP always has"
              + " them.")
  private boolean customEvents;

  @Mixin private FilterOptions filters = new FilterOptions();

  ExportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    TraceQuery filter = filters.toQuery().build();
    try (TraceStore store = Stores.openExisting(uri)) {
      if (file.equals(TraceFiles.STDIN)) {
        return exitCode(Backup.write(store, filter, console().stream(), layout(), traces -> {}));
      }
      BackupReport report = write(store, filter);
      if (!Backup.isStream(file)) {
        tell(report); // what went into a pipe must not be followed by a sentence
      }
      return exitCode(report);
    }
  }

  private void tell(BackupReport report) {
    if (isJson()) {
      printJson(
          Map.of(
              "file", file.toString(),
              "traces", report.traces(),
              "events", report.events(),
              "custom_events_left_out", report.customEventsLeftOut(),
              "unreadable", report.unreadable()));
    } else {
      print(
          Text.harmless(
              "wrote %s with %s to %s"
                  .formatted(
                      Counts.of(report.traces(), "trace"),
                      Counts.of(report.events(), "event"),
                      file)));
    }
  }

  /** Names what could not be read, and counts what the layout leaves out. */
  private int exitCode(BackupReport report) {
    if (report.customEventsLeftOut() > 0) {
      console()
          .error(
              "tracestore: left out %s, which no Reflow reads; --custom-events writes them"
                  .formatted(Counts.of(report.customEventsLeftOut(), "custom event")));
    }
    report.firstUnreadable().stream()
        .limit(SHOWN)
        .forEach(each ->
            console()
                .error(
                    "tracestore: not written: trace %s: %s"
                        .formatted(each.traceId(), each.reason())));
    if (report.unreadable() > SHOWN) {
      console()
          .error("tracestore: ... and %d more not written".formatted(report.unreadable() - SHOWN));
    }
    return report.isComplete() ? Cli.OK : Cli.FAILED;
  }

  private Backup.Layout layout() {
    return switch (format) {
      case REFLOW -> reflowLayout();
      case OTLP -> Backup.Layout.OTLP;
      case ZIPKIN -> Backup.Layout.ZIPKIN;
      case JAEGER -> Backup.Layout.JAEGER;
      case CHROME -> Backup.Layout.CHROME;
      case JSONL -> Backup.Layout.JSONL;
    };
  }

  private Backup.Layout reflowLayout() {
    return switch (layout) {
      case BACKUP -> Backup.Layout.BACKUP;
      case LINES -> customEvents ? Backup.Layout.LINES_WITH_CUSTOM_EVENTS : Backup.Layout.LINES;
      case ARRAY -> customEvents ? Backup.Layout.ARRAY_WITH_CUSTOM_EVENTS : Backup.Layout.ARRAY;
    };
  }

  private BackupReport write(TraceStore store, TraceQuery filter) {
    try (Progress progress = Progress.ofTraces(console(), "writing")) {
      long total = console().errIsTerminal() ? store.count(filter) : -1;
      return Backup.write(store, filter, file, layout(), traces -> progress.at(traces, total));
    }
  }
}
