package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.migration.ReflowDatabase;
import io.tracestore.migration.TraceFormat;
import io.tracestore.spi.config.StoreUri;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Stores the traces of files. */
@Command(
    name = "import",
    description = {
      "Store the traces of files; doing it again changes nothing.",
      "Files may be packed with gzip or Zstandard; - is the standard input. What is wrong in a file"
          + " is reported and left out, and the rest is stored. --dry-run stores nothing.",
      "The database of a Reflow server is read too: its SQLite file, or postgresql://user:password@host/database."
    })
final class ImportCommand extends BaseCommand {
  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "${COMPLETION-CANDIDATES}; found out for each file if not given.")
  private @Nullable TraceFormat format;

  @Option(
      names = "--dry-run",
      description = "Only read the files and say what would be left out; needs no URI.")
  private boolean dryRun;

  @Option(
      names = "--report",
      description = "With --dry-run: say of each file what was read, and what is kept where.")
  private boolean report;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE... URI",
      description = "The files, or folders of them, or a database of Reflow's; then the store.")
  private List<String> filesAndUri = List.of();

  ImportCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    int last = filesAndUri.size() - 1;
    if (dryRun) {
      boolean hasUri = last > 0 && !Files.exists(Path.of(filesAndUri.get(last))) && isUri(last);
      return new DryRun(this, report).run(files(hasUri ? last : last + 1));
    }
    if (report) {
      throw CommandFailedException.usage("--report needs --dry-run", null);
    }
    if (last == 0) {
      throw CommandFailedException.usage("import takes files and then a store: FILE... URI", null);
    }
    try (WantedStore store = WantedStore.at(filesAndUri.get(last))) {
      if (last == 1 && isDatabase(filesAndUri.getFirst())) {
        StoreUri source = StoreUri.parse(filesAndUri.getFirst());
        return Imports.run(this, store, listener -> ReflowDatabase.ofPostgresql(source));
      }
      return Imports.run(this, store, files(last), format);
    }
  }

  private boolean isDatabase(String source) {
    return format == TraceFormat.REFLOW_POSTGRESQL
        || (format == null && source.matches("postgres(ql)?://.*"));
  }

  private boolean isUri(int index) {
    return Stores.isUri(filesAndUri.get(index));
  }

  /** The first {@code count} files, with those in folders in the order of their names. */
  private List<Path> files(int count) {
    List<Path> files = new ArrayList<>();
    for (String each : filesAndUri.subList(0, count)) {
      Path path = Path.of(each);
      if (!Files.isDirectory(path)) {
        files.add(path);
        continue;
      }
      try (Stream<Path> inside = Files.walk(path)) {
        List<Path> found = inside.filter(Files::isRegularFile).sorted().toList();
        if (found.isEmpty()) {
          throw CommandFailedException.failed("%s is a folder without files".formatted(each));
        }
        files.addAll(found);
      } catch (IOException | UncheckedIOException e) {
        throw CommandFailedException.failed("%s cannot be read: %s".formatted(each, e));
      }
    }
    return files;
  }
}
