package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.migration.ImportFailedException;
import io.tracestore.migration.ImportListener;
import io.tracestore.migration.ImportReport;
import io.tracestore.migration.Rejection;
import io.tracestore.migration.TraceFiles;
import io.tracestore.migration.TraceFormat;
import io.tracestore.migration.TraceImporter;
import io.tracestore.migration.TraceSource;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs an import for a command, with progress, and tells how it went. */
final class Imports {
  /** One file of garbage must not fill the screen. */
  private static final int SHOWN = 20;

  private final BaseCommand command;
  private final Console console;
  private long shown;

  private Imports(BaseCommand command) {
    this.command = command;
    this.console = command.console();
  }

  /** Imports {@code files}; the exit code of the command. */
  static int run(
      BaseCommand command, WantedStore store, List<Path> files, @Nullable TraceFormat format) {
    return new Imports(command).run(store, listener -> TraceFiles.open(files, format, listener));
  }

  /**
   * Imports what a source gives; the exit code of the command.
   *
   * @param open opens the source, which tells its progress
   */
  static int run(
      BaseCommand command, TraceStore store, Function<ImportListener, TraceSource> open) {
    return run(command, WantedStore.of(store), open);
  }

  /** The same, into a store that is opened when there is something to store. */
  static int run(
      BaseCommand command, WantedStore store, Function<ImportListener, TraceSource> open) {
    return new Imports(command).run(store, open);
  }

  private int run(WantedStore store, Function<ImportListener, TraceSource> open) {
    try {
      ImportReport report = importAll(store, open);
      tell(report, store, null);
      return report.isComplete() ? Cli.OK : Cli.FAILED;
    } catch (ImportFailedException e) {
      store.throwIfNotOpened();
      tell(e.report(), store, e);
      throw e;
    }
  }

  private ImportReport importAll(WantedStore store, Function<ImportListener, TraceSource> open) {
    try (Progress progress = Progress.ofBytes(console, "reading")) {
      Listener listener = new Listener(progress);
      try (TraceSource source = open.apply(listener)) {
        return TraceImporter.importAll(store, source, listener);
      }
    }
  }

  private void tell(
      ImportReport report, WantedStore store, @Nullable ImportFailedException failure) {
    if (shown > SHOWN) {
      console.error("tracestore: ... and %d more not stored".formatted(shown - SHOWN));
    }
    if (command.isJson()) {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("read", report.read());
      document.put("stored", report.stored());
      document.put("events", report.storedEvents());
      document.put("rejected", report.rejected());
      document.put(
          "rejections", report.firstRejections().stream().map(Rejection::message).toList());
      document.put("passedOver", report.passedOver());
      if (failure != null) {
        document.put("error", String.valueOf(failure.getMessage()));
      }
      command.printJson(document);
    } else {
      command.print(
          "stored %s with %s in %s%s"
              .formatted(
                  Counts.of(report.stored(), "trace"),
                  Counts.of(report.storedEvents(), "event"),
                  store,
                  report.rejected() == 0 ? "" : ", rejected %d".formatted(report.rejected())));
      report
          .passedOver()
          .forEach((what, count) -> command.print("passed over: %s %d".formatted(what, count)));
    }
  }

  private final class Listener implements ImportListener {
    private final Progress progress;

    Listener(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void read(long bytes, long totalBytes) {
      progress.at(bytes, totalBytes);
    }

    @Override
    public void stored(long traces) {
      progress.note(traces + " traces");
    }

    @Override
    public void rejected(Rejection rejection) {
      if (++shown <= SHOWN) {
        console.error("tracestore: " + rejection.message());
      }
    }
  }
}
