package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.codec.ReflowJson;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceStore;
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

  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(
      index = "1",
      paramLabel = "TRACE_ID",
      description = "The trace: its UUID, a Zipkin id, or the first digits if only one has them.")
  private String traceId = "";

  @Option(names = "--all", description = "Draw all lines, not only the first 300.")
  private boolean all;

  @Option(names = "--width", paramLabel = "COLUMNS", description = "Draw so wide.")
  private int width;

  ShowCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    FlowTrace trace;
    try (TraceStore store = Stores.open(uri)) {
      trace = TraceIds.find(store, traceId);
    }
    if (isJson()) {
      print(ReflowJson.write(trace));
    } else {
      int columns = width > 0 ? width : console().columns();
      TraceView.print(console(), trace, columns, all ? Integer.MAX_VALUE : ROWS);
    }
    return Cli.OK;
  }
}
