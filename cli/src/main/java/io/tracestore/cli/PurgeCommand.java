package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.model.EpochNanos;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes old traces. */
@Command(name = "purge", description = "Remove the traces that started before a time.")
final class PurgeCommand extends BaseCommand {
  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @ArgGroup(multiplicity = "1")
  private Cutoff cutoff = new Cutoff();

  /** One way to say it. */
  private static final class Cutoff {
    @Option(names = "--before", paramLabel = "TIME", description = "Started before this time.")
    private @Nullable Instant before;

    @Option(
        names = "--older-than",
        paramLabel = "TIME",
        description = "Started this long ago or longer, such as 30d.")
    private @Nullable Duration age;

    Instant instant() {
      if (before != null) {
        return before;
      }
      Duration olderThan = age != null ? age : Duration.ZERO;
      if (olderThan.isNegative()) {
        throw CommandFailedException.usage("--older-than must not be negative: " + olderThan, null);
      }
      return Instant.now().minus(olderThan);
    }
  }

  @Option(names = "--dry-run", description = "Only say how many traces would be removed.")
  private boolean dryRun;

  PurgeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Instant before = cutoff.instant();
    try (TraceStore store = Stores.openExisting(uri)) {
      if (dryRun) {
        return wouldRemove(store, before);
      }
      long removed = store.purgeBefore(before);
      if (isJson()) {
        printJson(Map.of("removed", removed, "before", before.toString()));
      } else {
        print(Text.harmless("removed %s before %s".formatted(Counts.of(removed, "trace"), before)));
      }
      return Cli.OK;
    }
  }

  private int wouldRemove(TraceStore store, Instant before) {
    long count =
        before.isAfter(EpochNanos.MIN)
            ? store.count(TraceQuery.builder().startedTo(lastBefore(before)).build())
            : 0;
    if (isJson()) {
      printJson(Map.of("wouldRemove", count, "before", before.toString()));
    } else {
      print(
          Text.harmless("would remove %s before %s".formatted(Counts.of(count, "trace"), before)));
    }
    return Cli.OK;
  }

  private static Instant lastBefore(Instant cutoff) {
    return EpochNanos.toInstant(EpochNanos.lastBefore(cutoff));
  }
}
