package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.migration.MigrationFailedException;
import io.tracestore.migration.MigrationListener;
import io.tracestore.migration.MigrationOptions;
import io.tracestore.migration.MigrationProgress;
import io.tracestore.migration.MigrationReport;
import io.tracestore.migration.StorageMigrator;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Moves traces from one store to another. */
@Command(
    name = "migrate",
    description = {
      "Copy the traces that match all filters from one store to another; doing it again is safe.",
      "With a checkpoint, a run that was interrupted goes on where it was, and a run after one that"
          + " ended takes what is new since. Without a filter, events whose trace is not stored are"
          + " copied too."
    })
final class MigrateCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "SRC", description = "The store to read.")
  private String sourceUri = "";

  @Parameters(index = "1", paramLabel = "DST", description = "The store to write.")
  private String targetUri = "";

  @Option(names = "--dry-run", description = "Read everything, write nothing.")
  private boolean dryRun;

  @Option(
      names = "--verify",
      description = "Then read both stores, compare them trace by trace, and name what differs.")
  private boolean verify;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "Keep in this file how far it has come; made if it is not there.")
  private @Nullable Path checkpoint;

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      defaultValue = "1h",
      description =
          "How far a run with a checkpoint goes back before the last one: as long as a trace may"
              + " take until it is stored (${DEFAULT-VALUE}).")
  private Duration overlap = Duration.ofHours(1);

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "How many read and write at once (as many as processors, 2 to 8).")
  private @Nullable Integer threads;

  @Mixin private FilterOptions filters = new FilterOptions();

  MigrateCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (sourceUri.equals(targetUri)) {
      throw CommandFailedException.usage("SRC and DST are one store", null);
    }
    MigrationOptions.Builder options = options();
    try (TraceStore source = Stores.openExisting(sourceUri);
        TraceStore target = Stores.open(targetUri)) {
      if (source.identity().equals(target.identity())) {
        throw CommandFailedException.usage("SRC and DST are one store", null);
      }
      MigrationResult result = new MigrationResult(this, source, target, dryRun);
      try {
        MigrationReport report = migrate(source, target, options);
        result.tell(report, null);
        return report.isComplete() ? Cli.OK : Cli.FAILED;
      } catch (MigrationFailedException e) {
        result.tell(e.report(), e);
        throw e;
      }
    }
  }

  private MigrationOptions.Builder options() {
    try {
      MigrationOptions.Builder options =
          MigrationOptions.builder()
              .filter(filters.toQuery().build())
              .dryRun(dryRun)
              .verify(verify)
              .checkpoint(checkpoint)
              .overlap(overlap);
      if (threads != null) {
        options.threads(threads);
      }
      options.build();
      return options;
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
  }

  private MigrationReport migrate(
      TraceStore source, TraceStore target, MigrationOptions.Builder options) {
    try (Progress moving = Progress.ofTraces(console(), "moving");
        Progress comparing = Progress.ofTraces(console(), "comparing")) {
      options.listener(new Bars(moving, comparing));
      return new StorageMigrator(source, target, options.build()).migrateAllTraces();
    }
  }

  /** Shows one bar after the other; the bar itself shows rate and time left. */
  private static final class Bars implements MigrationListener {
    private static final long MEBI = 1 << 20;

    private final Progress moving;
    private final Progress comparing;

    Bars(Progress moving, Progress comparing) {
      this.moving = moving;
      this.comparing = comparing;
    }

    @Override
    public void moved(MigrationProgress progress) {
      moving.at(progress.traces() + progress.notMoved(), progress.total());
      moving.note(
          " %.0f/s, %d events, %d MiB"
              .formatted(progress.tracesPerSecond(), progress.events(), progress.bytes() / MEBI));
    }

    @Override
    public void verified(long traces, long total) {
      moving.close();
      comparing.at(traces, total);
    }
  }
}
