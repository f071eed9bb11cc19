package io.tracestore.cli;

import io.tracestore.cli.terminal.Table;
import io.tracestore.cli.terminal.Text;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.EventMetrics;
import io.tracestore.view.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Event metrics and the graph of actors, as tables and as JSON.
 *
 * @param byTime whether the metrics are of several buckets
 */
record AnalyticsTables(List<EventMetrics> metrics, List<ActorEdge> graph, boolean byTime) {
  private static final int SHOWN = 50;

  List<Map<String, Object>> metricsDocument() {
    return metrics.stream().map(this::document).toList();
  }

  private Map<String, Object> document(EventMetrics each) {
    Map<String, Object> document = new LinkedHashMap<>();
    if (byTime) {
      document.put("bucket", each.bucket().toString());
    }
    document.put("actor", each.actorId());
    document.put("event_type", each.eventType());
    document.put("events", each.count());
    document.put("timed", each.timed());
    document.put("average_ns", each.averageExecutionNs());
    document.put("p95_ns", each.p95ExecutionNs());
    document.put("p99_ns", each.p99ExecutionNs());
    document.put("max_ns", each.maxExecutionNs());
    document.put("message_bytes", each.messageBytes());
    return document;
  }

  List<Map<String, Object>> graphDocument() {
    return graph.stream().map(AnalyticsTables::document).toList();
  }

  private static Map<String, Object> document(ActorEdge edge) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("from", edge.from());
    document.put("to", edge.to());
    document.put("messages", edge.count());
    document.put("bytes", edge.bytes());
    document.put("errors", edge.errors());
    return document;
  }

  /** The lines of both tables, each with an empty line above; none of a table without rows. */
  List<String> lines(int columns) {
    List<String> lines = new ArrayList<>();
    int actor = byTime ? 1 : 0;
    add(lines, metricsTable().lines(columns, actor, actor + 1), metrics.size());
    add(lines, graphTable().lines(columns, 0, 1), graph.size());
    return lines.stream().flatMap(line -> Text.wrap(line, columns).stream()).toList();
  }

  private static void add(List<String> lines, List<String> table, int rows) {
    if (rows > 0) {
      lines.add("");
      lines.addAll(table);
    }
    if (rows > SHOWN) {
      lines.add("... and %d more; --json has all".formatted(rows - SHOWN));
    }
  }

  private Table metricsTable() {
    Table table =
        byTime
            ? new Table(
                "TIME (UTC)", "ACTOR", "EVENT", "COUNT", "AVERAGE", "P95", "P99", "MAX", "BYTES")
            : new Table("ACTOR", "EVENT", "COUNT", "AVERAGE", "P95", "P99", "MAX", "BYTES");
    metrics.stream().limit(SHOWN).forEach(each -> table.row(row(each)));
    return table;
  }

  private String[] row(EventMetrics each) {
    List<String> cells = new ArrayList<>();
    if (byTime) {
      cells.add(each.bucket().toString());
    }
    cells.add(each.actorId());
    cells.add(each.eventType());
    cells.add(String.valueOf(each.count()));
    boolean timed = each.timed() > 0;
    cells.add(time(timed ? each.averageExecutionNs() : null));
    cells.add(time(timed ? each.p95ExecutionNs() : null));
    cells.add(time(timed ? each.p99ExecutionNs() : null));
    cells.add(time(timed ? each.maxExecutionNs() : null));
    cells.add(String.valueOf(each.messageBytes()));
    return cells.toArray(String[]::new);
  }

  private static String time(@Nullable Long nanos) {
    return nanos == null ? "-" : Durations.format(Duration.ofNanos(nanos));
  }

  private Table graphTable() {
    Table table = new Table("FROM", "TO", "MESSAGES", "BYTES", "ERRORS");
    graph.stream()
        .limit(SHOWN)
        .forEach(edge ->
            table.row(
                edge.from(),
                edge.to(),
                String.valueOf(edge.count()),
                String.valueOf(edge.bytes()),
                String.valueOf(edge.errors())));
    return table;
  }
}
