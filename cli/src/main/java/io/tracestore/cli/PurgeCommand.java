package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
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
        description = "Started so long ago or longer, such as 30d.")
    private @Nullable Duration age;

    Instant instant() {
      return before != null ? before : Instant.now().minus(age != null ? age : Duration.ZERO);
    }
  }

  PurgeCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    Instant before = cutoff.instant();
    try (TraceStore store = Stores.open(uri)) {
      long removed = store.purgeBefore(before);
      if (isJson()) {
        printJson(Map.of("removed", removed, "before", before.toString()));
      } else {
        print(Text.harmless("removed %s before %s".formatted(Counts.of(removed, "trace"), before)));
      }
      return Cli.OK;
    }
  }
}
