package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws one trace. */
@Command(
    name = "show",
    description = {
      "Draw one trace as a timeline: a line for each actor's work, below what caused it.",
      "With --json the trace is written as it is."
    })
final class ShowCommand extends BaseCommand {
  private static final int ROWS = 300;
  private static final int MIN_WIDTH = 20;
  private static final int MAX_WIDTH = 1000;

  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(
      index = "1",
      paramLabel = "TRACE_ID",
      description = "The trace: its UUID, a Zipkin id, or the first digits if only one has them.")
  private String traceId = "";

  @Option(names = "--all", description = "Draw all lines, not only the first 300.")
  private boolean all;

  @Option(
      names = "--width",
      paramLabel = "COLUMNS",
      description = "Draw this wide, 20 to 1000, instead of as wide as the terminal.")
  private @Nullable Integer width;

  @Option(
      names = "--verify-content",
      description = {
        "Compare the contents of messages with their checksums instead;",
        "the exit code is 1 if one differs."
      })
  private boolean verifyContent;

  ShowCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (width != null && (width < MIN_WIDTH || width > MAX_WIDTH)) {
      throw CommandFailedException.usage(
          "--width must be %d to %d: %d".formatted(MIN_WIDTH, MAX_WIDTH, width), null);
    }
    FlowTrace trace;
    try (TraceStore store = Stores.openExisting(uri)) {
      trace = TraceIds.find(store, traceId);
    }
    if (verifyContent) {
      return ContentCheck.run(this, trace);
    }
    if (isJson()) {
      print(ReflowJson.write(trace));
    } else {
      int columns = width != null ? width : console().columns();
      TraceView.print(console(), trace, columns, all ? Integer.MAX_VALUE : ROWS);
    }
    return Cli.OK;
  }
}
