package io.tracestore.cli;

import io.tracestore.cli.terminal.Table;
import io.tracestore.cli.terminal.Text;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.view.Durations;
import io.tracestore.view.Shown;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Event metrics and the graph of actors, as tables and as JSON.
 *
 * @param asked the metrics that were asked for
 * @param byTime whether the metrics are of several buckets
 */
record AnalyticsTables(
    List<EventMetrics> metrics,
    Set<PerformanceMetric> asked,
    List<ActorEdge> graph,
    boolean byTime) {
  private static final int MAX_ROWS = 50;

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
    document.put("events", each.events());
    document.put("message_bytes", each.messageBytes());
    asked.forEach(metric -> {
      switch (metric) {
        case EXECUTION_TIME -> document.put("execution_time_ns", document(each.executionTimeNs()));
        case MEMORY_USAGE -> document.put("memory_usage_bytes", document(each.memoryUsageBytes()));
        case CPU_USAGE -> document.put("cpu_usage_percent", document(each.cpuUsagePercent()));
        case QUEUE_DEPTH -> document.put("queue_depth", document(each.queueDepth()));
        case THROUGHPUT ->
            document.put("throughput_msgs_per_sec", document(each.throughputMsgsPerSec()));
      }
    });
    return document;
  }

  private static Map<String, Object> document(EventMetrics.ExecutionTimes times) {
    Map<String, Object> document = document(times.measured(), times.average());
    document.put("p95", orNull(times.p95()));
    document.put("p99", orNull(times.p99()));
    document.put("max", orNull(times.max()));
    return document;
  }

  private static Map<String, Object> document(EventMetrics.LongSamples samples) {
    Map<String, Object> document = document(samples.measured(), samples.average());
    document.put("max", orNull(samples.max()));
    return document;
  }

  private static Map<String, Object> document(EventMetrics.DoubleSamples samples) {
    Map<String, Object> document = document(samples.measured(), samples.average());
    document.put("max", orNull(samples.max()));
    return document;
  }

  private static Map<String, Object> document(long measured, OptionalDouble average) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("measured", measured);
    document.put("average", orNull(average));
    return document;
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? (Long) value.getAsLong() : null;
  }

  private static @Nullable Double orNull(OptionalDouble value) {
    return value.isPresent() ? (Double) value.getAsDouble() : null;
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

  /** The lines of all tables, each with an empty line above; none of a table without rows. */
  List<String> lines(int columns) {
    List<String> lines = new ArrayList<>();
    int actor = byTime ? 1 : 0;
    List<String[]> samples = metrics.stream().flatMap(this::samples).toList();
    add(lines, metricsTable().lines(columns, actor, actor + 1), metrics.size());
    add(lines, samplesTable(samples).lines(columns, actor, actor + 1), samples.size());
    add(lines, graphTable().lines(columns, 0, 1), graph.size());
    return lines.stream().flatMap(line -> Text.wrap(line, columns).stream()).toList();
  }

  private static void add(List<String> lines, List<String> table, int rows) {
    if (rows > 0) {
      lines.add("");
      lines.addAll(table);
    }
    if (rows > MAX_ROWS) {
      lines.add("... and %d more; --json has all".formatted(rows - MAX_ROWS));
    }
  }

  private Table metricsTable() {
    Table table = new Table(titles("COUNT", "MEASURED", "AVERAGE", "P95", "P99", "MAX", "BYTES"));
    metrics.stream().limit(MAX_ROWS).forEach(each -> table.row(row(each)));
    return table;
  }

  private String[] row(EventMetrics each) {
    EventMetrics.ExecutionTimes times = each.executionTimeNs();
    return row(
        each,
        String.valueOf(each.events()),
        String.valueOf(times.measured()),
        time(times.average().stream().mapToLong(Math::round).findFirst()),
        time(times.p95()),
        time(times.p99()),
        time(times.max()),
        String.valueOf(each.messageBytes()));
  }

  private static String time(OptionalLong nanos) {
    return nanos.isPresent() ? Durations.format(Duration.ofNanos(nanos.getAsLong())) : "-";
  }

  private Table samplesTable(List<String[]> rows) {
    Table table = new Table(titles("METRIC", "MEASURED", "AVERAGE", "MAX"));
    rows.stream().limit(MAX_ROWS).forEach(table::row);
    return table;
  }

  /** A row for each metric but the execution time that was measured. */
  private Stream<String[]> samples(EventMetrics each) {
    return Stream.of(
            samples(each, "memory", real(each.memoryUsageBytes()), v -> Shown.bytes(Math.round(v))),
            samples(each, "cpu", each.cpuUsagePercent(), value -> Shown.real(value) + " %"),
            samples(each, "queue", real(each.queueDepth()), Shown::real),
            samples(each, "throughput", each.throughputMsgsPerSec(), v -> Shown.real(v) + "/s"))
        .flatMap(Optional::stream);
  }

  private static EventMetrics.DoubleSamples real(EventMetrics.LongSamples samples) {
    return new EventMetrics.DoubleSamples(
        samples.measured(), samples.average(), samples.max().stream().asDoubleStream().findFirst());
  }

  private Optional<String[]> samples(
      EventMetrics each,
      String metric,
      EventMetrics.DoubleSamples samples,
      DoubleFunction<String> shown) {
    return samples.measured() == 0
        ? Optional.empty()
        : Optional.of(
            row(
                each,
                metric,
                String.valueOf(samples.measured()),
                shown.apply(samples.average().orElseThrow()),
                shown.apply(samples.max().orElseThrow())));
  }

  private String[] titles(String... titles) {
    return cells("TIME (UTC)", "ACTOR", "EVENT", titles);
  }

  private String[] row(EventMetrics of, String... cells) {
    return cells(of.bucket().toString(), of.actorId(), of.eventType(), cells);
  }

  private String[] cells(String time, String actor, String type, String... others) {
    return Stream.concat(
            byTime ? Stream.of(time, actor, type) : Stream.of(actor, type), Stream.of(others))
        .toArray(String[]::new);
  }

  private Table graphTable() {
    Table table = new Table("FROM", "TO", "MESSAGES", "BYTES", "ERRORS");
    graph.stream()
        .limit(MAX_ROWS)
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
