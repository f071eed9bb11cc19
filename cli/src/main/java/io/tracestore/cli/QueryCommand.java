package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.codec.ReflowJsonWriter;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.QueryExplanation;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists the traces that match. */
@Command(
    name = "query",
    description = {
      "List the traces that match all filters, newest first.",
      "With --json each trace is one line with all its events."
    })
final class QueryCommand extends BaseCommand {
  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Mixin private FilterOptions filters = new FilterOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "The largest number of traces (${DEFAULT-VALUE}).")
  private int limit;

  @Option(names = "--offset", paramLabel = "N", description = "The number of traces to skip first.")
  private long offset;

  @Option(
      names = "--after",
      paramLabel = "TRACE_ID",
      description = "Only traces after this one: the last of the page before.")
  private @Nullable String after;

  @Option(names = "--no-events", description = "With --json: without their events.")
  private boolean noEvents;

  @Option(
      names = "--explain",
      description =
          "Instead of traces: which index leads, which filters are tested by reading, and how many traces are read.")
  private boolean explain;

  QueryCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    if (limit <= 0 || offset < 0) {
      throw CommandFailedException.usage(
          "--limit must be positive and --offset not negative: %d, %d".formatted(limit, offset),
          null);
    }
    TraceQuery.Builder query =
        filters
            .toQuery()
            .limit(limit)
            .offset(offset)
            .withEvents(isJson() && !noEvents)
            .maxEventBytes(LargeTraces.MAX_EVENT_BYTES);
    try (TraceStore store = Stores.openExisting(uri)) {
      if (after != null) {
        query.after(TraceQuery.Position.of(last(store, after)));
      }
      if (explain) {
        explain(store.explain(query.build()));
      } else if (isJson()) {
        writeJson(store, query.build());
      } else {
        writeTable(store, query.build());
      }
    }
    return Cli.OK;
  }

  private void explain(QueryExplanation explanation) {
    if (isJson()) {
      printJson(
          Map.of(
              "index", explanation.index(),
              "tested_by_reading", explanation.testedByReading(),
              "read", explanation.read(),
              "returned", explanation.returned()));
      return;
    }
    List<String> tested = explanation.testedByReading();
    print("leading index:     " + Text.harmless(explanation.index()));
    print("tested by reading: " + (tested.isEmpty() ? "nothing" : String.join(", ", tested)));
    print("read:              " + Counts.of(explanation.read(), "trace"));
    print("returned:          " + Counts.of(explanation.returned(), "trace"));
  }

  private static FlowTrace last(TraceStore store, String id) {
    TraceId traceId = TraceIds.parse(id);
    return store
        .getHeader(traceId)
        .orElseThrow(() -> CommandFailedException.failed("no such trace: " + traceId));
  }

  private void writeJson(TraceStore store, TraceQuery query) {
    try (TraceCursor cursor = store.openCursor(query);
        ReflowJsonWriter writer =
            new ReflowJsonWriter(console().stream(), ReflowJsonWriter.Layout.LINES)) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        if (query.withEvents()) {
          LargeTraces.readEvents(
              store,
              trace,
              events -> {
                long unused = writer.write(trace, events);
              });
        } else {
          writer.write(trace);
        }
      }
    }
  }

  private void writeTable(TraceStore store, TraceQuery query) {
    List<FlowTrace> page = new ArrayList<>(store.queryTraces(query));
    TraceRows.print(console(), store, page);
    console().flush();
    if (page.size() == limit) {
      console().error("more: --after " + page.getLast().traceId());
    }
  }
}
