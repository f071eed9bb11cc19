package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.provider.sqlite.SqliteMaintenance;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a store as its engine does best. */
@Command(
    name = "backup",
    description = {
      "Copy a SQLite store to a new file while it is used, and check the copy, which opens as a"
          + " store.",
      "Every store can be exported; servers have their own tools as well (docs/migrating.md)."
    })
final class BackupCommand extends BaseCommand {
  private static final long MEBI = 1 << 20;

  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(index = "1", paramLabel = "FILE", description = "The copy, which must not exist.")
  private Path file = Path.of("");

  BackupCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() throws IOException {
    try (TraceStore store = Stores.openExisting(uri)) {
      maintenance(store).backupTo(file);
      long bytes = Files.size(file);
      if (isJson()) {
        printJson(Map.of("store", Stores.nameOf(store), "file", file.toString(), "bytes", bytes));
      } else {
        print(
            Text.harmless(
                "copied %s to %s, %d MiB, checked"
                    .formatted(Stores.nameOf(store), file, bytes / MEBI)));
      }
      return Cli.OK;
    }
  }

  private static SqliteMaintenance maintenance(TraceStore store) {
    try {
      return store.unwrap(SqliteMaintenance.class);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(
          "%s is no SQLite file; use 'export', or the server's own tools"
              .formatted(Stores.nameOf(store)),
          e);
    }
  }
}
