package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.spi.Health;
import io.tracestore.spi.TraceStore;
import io.tracestore.view.Durations;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Proves that a store can be written to and read. */
@Command(name = "health", description = "Prove that the store can be written to and read from.")
final class HealthCommand extends BaseCommand {
  private static final double NANOS_PER_MILLI = 1e6;

  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Fail if there is no answer in time, such as 5s; ${DEFAULT-VALUE} by default.",
      defaultValue = "10s")
  private Duration timeout = Duration.ZERO;

  HealthCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (timeout.isZero() || timeout.isNegative()) {
      throw CommandFailedException.usage("--timeout must be positive: " + timeout, null);
    }
    try (TraceStore store = Stores.openExisting(uri)) {
      Health health = store.healthCheck(timeout);
      if (isJson()) {
        printJson(
            Map.of(
                "store", Stores.nameOf(store),
                "healthy", true,
                "latency_ms", health.latency().toNanos() / NANOS_PER_MILLI,
                "detail", health.detail(),
                "warnings", health.warnings()));
      } else {
        String latency = Durations.format(health.latency());
        print(
            Text.harmless(
                "healthy: %s: %s (%s)".formatted(Stores.nameOf(store), health.detail(), latency)));
        health.warnings().forEach(warning -> print(Text.harmless("warning: " + warning)));
      }
      return Cli.OK;
    }
  }
}
