package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.migration.TraceFormat;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores the traces of files. */
@Command(
    name = "import",
    description = {
      "Store the traces of files; doing it again changes nothing.",
      "Files may be packed with gzip or Zstandard; - is the standard input. What is wrong in a file",
      "is reported and left out, and the rest is stored."
    })
final class ImportCommand extends BaseCommand {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; found out for each file if not given.")
  private @Nullable TraceFormat format;

  @Parameters(
      arity = "2..*",
      paramLabel = "FILE... URI",
      description = "The files, then the store.")
  private List<String> filesAndUri = List.of();

  ImportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    int last = filesAndUri.size() - 1;
    List<Path> files = filesAndUri.subList(0, last).stream().map(Path::of).toList();
    try (TraceStore store = Stores.open(filesAndUri.get(last))) {
      return Imports.run(this, store, files, format);
    }
  }
}
