package io.tracestore.cli;

import io.tracestore.cli.terminal.Progress;
import io.tracestore.cli.terminal.Text;
import io.tracestore.migration.FileCheck;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.Rejection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads files as an import does, and reports what it would do; nothing is stored. */
final class DryRun {
  /** One file of garbage must not fill the screen. */
  private static final int SHOWN = 20;

  private final BaseCommand command;
  private final boolean isDetailed;
  private final List<Map<String, ?>> documents = new ArrayList<>();
  private long traces;
  private long rejected;

  /**
   * @param isDetailed whether each file is reported
   */
  DryRun(BaseCommand command, boolean isDetailed) {
    this.command = command;
    this.isDetailed = isDetailed;
  }

  /** Checks {@code files}; the exit code of the command: failed if anything is left out. */
  int run(List<Path> files) {
    for (Path file : files) {
      add(file, check(file));
    }
    if (command.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("files", documents);
      document.put("traces", traces);
      document.put("rejected", rejected);
      command.printJson(document);
    } else {
      command.print(
          "checked %s: %s can be stored, left out %d"
              .formatted(Counts.of(files.size(), "file"), Counts.of(traces, "trace"), rejected));
    }
    return rejected == 0 ? Cli.OK : Cli.FAILED;
  }

  private FileCheck.Report check(Path file) {
    try (Progress progress = Progress.ofBytes(command.console(), "reading")) {
      return FileCheck.of(
          file,
          new ImportListener() {
            @Override
            public void read(long bytes, long totalBytes) {
              progress.at(bytes, totalBytes);
            }
          });
    }
  }

  private void add(Path file, FileCheck.Report report) {
    traces += report.traces();
    rejected += report.rejected();
    if (command.isJson()) {
      documents.add(document(file, report));
    } else if (isDetailed) {
      print(file, report);
    } else {
      report.firstRejections().stream()
          .limit(SHOWN)
          .forEach(each -> command.console().error("tracestore: " + each.message()));
      tellMore(report);
    }
  }

  private void tellMore(FileCheck.Report report) {
    if (report.rejected() > SHOWN) {
      command
          .console()
          .error("tracestore: ... and %d more left out".formatted(report.rejected() - SHOWN));
    }
  }

  private static Map<String, ?> document(Path file, FileCheck.Report report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("file", file.toString());
    document.put("formats", report.formats());
    document.put("traces", report.traces());
    document.put("spans", report.spans());
    document.put("events", report.events());
    document.put("attributes", report.attributes());
    document.put("kept", report.kept());
    document.put("passedOver", report.passedOver());
    document.put("rejected", report.rejected());
    document.put("rejections", report.firstRejections().stream().map(Rejection::message).toList());
    return document;
  }

  private void print(Path file, FileCheck.Report report) {
    String format = report.formats().isEmpty() ? "no traces" : String.join(", ", report.formats());
    line("%s: %s".formatted(file, format));
    String spans = report.spans() == 0 ? "" : ", " + Counts.of(report.spans(), "span");
    line(
        "  read: %s%s, %s"
            .formatted(
                Counts.of(report.traces(), "trace"), spans, Counts.of(report.events(), "event")));
    if (report.attributes() > 0) {
      line("  kept under their own names: " + Counts.of(report.attributes(), "attribute"));
    }
    printCounts("kept as attributes", report.kept());
    printCounts("passed over", report.passedOver());
    line("  left out: " + (report.rejected() == 0 ? "nothing" : report.rejected()));
    report.firstRejections().stream().limit(SHOWN).forEach(each -> line("    " + each.message()));
    if (report.rejected() > SHOWN) {
      line("    ... and %d more".formatted(report.rejected() - SHOWN));
    }
  }

  private void printCounts(String what, Map<String, Long> counts) {
    if (!counts.isEmpty()) {
      String all =
          counts.entrySet().stream()
              .map(each -> each.getKey() + " " + each.getValue())
              .collect(Collectors.joining(", "));
      line("  %s: %s".formatted(what, all));
    }
  }

  /** Names in files are other people's. */
  private void line(String text) {
    command.print(Text.harmless(text));
  }
}
