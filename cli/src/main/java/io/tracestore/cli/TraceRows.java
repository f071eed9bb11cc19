package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Style;
import io.tracestore.cli.terminal.Table;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.TraceStore;
import io.tracestore.view.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;

/** Traces as a table, a line each. */
final class TraceRows {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final int FLOW_COLUMN = 5;

  private TraceRows() {}

  /** Writes {@code traces} of {@code store}; on a terminal so that a line fits. */
  static void print(Console console, TraceStore store, List<FlowTrace> traces) {
    Map<TraceId, EventCounts> counts =
        store.eventCounts(traces.stream().map(FlowTrace::traceId).toList());
    Table table = new Table("START (UTC)", "STATUS", "TOOK", "EVENTS", "FAILED", "FLOW", "TRACE");
    for (FlowTrace trace : traces) {
      EventCounts events = counts.getOrDefault(trace.traceId(), EventCounts.NONE);
      table.row(
          TIME.format(trace.startTime()),
          trace.status().kind().wireName(),
          took(trace),
          Long.toString(events.events()),
          events.failed() == 0 ? "" : Long.toString(events.failed()),
          trace.flowId(),
          trace.traceId().toString());
    }
    List<List<String>> blocks = table.blocks(console.tableColumns(), FLOW_COLUMN);
    Style style = console.style();
    blocks.getFirst().forEach(line -> console.line(style.bold(line)));
    for (int i = 1; i < blocks.size(); i++) {
      ExecutionStatus.Kind status = traces.get(i - 1).status().kind();
      for (String line : blocks.get(i)) {
        console.line(style.enabled() ? coloured(line, status, style) : line);
      }
    }
  }

  private static String coloured(String line, ExecutionStatus.Kind status, Style style) {
    return line.replaceFirst(status.wireName(), style.of(status, status.wireName()));
  }

  /** How long it took, or nothing if it has not ended. */
  static String took(FlowTrace trace) {
    Instant end = trace.endTime();
    return end == null ? "" : Durations.format(Duration.between(trace.startTime(), end));
  }
}
