package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.cli.terminal.Table;
import io.tracestore.cli.terminal.Text;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a store holds. */
@Command(
    name = "stats",
    description =
        "Count the traces of the store by status and flow, and tell what it can do, what actors did"
            + " and who sends to whom.")
final class StatsCommand extends BaseCommand {
  private static final int SHOWN_FLOWS = 20;

  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Option(names = "--events", description = "Count the events too, which reads all of them.")
  private boolean events;

  @Mixin private AnalyticsOptions analytics = new AnalyticsOptions();

  StatsCommand(Console console) {
    super(console);
  }

  /** Counts over all traces of the store. */
  private static final class Tally {
    private final Map<ExecutionStatus.Kind, Long> byStatus =
        new EnumMap<>(ExecutionStatus.Kind.class);
    private final Map<String, Long> byFlow = new HashMap<>();
    private long traces;
    private long events;
    private @Nullable FlowTrace newest;
    private @Nullable FlowTrace oldest;

    void add(FlowTrace trace) {
      traces++;
      byStatus.merge(trace.status().kind(), 1L, Long::sum);
      byFlow.merge(trace.flowId(), 1L, Long::sum);
      newest = newest == null ? trace : newest;
      oldest = trace;
    }

    void addEvents(Iterator<TraceEvent> all) {
      for (; all.hasNext(); all.next()) {
        events++;
      }
    }

    /** By how often each runs, most often first. */
    List<Map.Entry<String, Long>> flows() {
      Comparator<Map.Entry<String, Long>> order =
          Comparator.comparing((Map.Entry<String, Long> flow) -> flow.getValue()).reversed();
      return byFlow.entrySet().stream().sorted(order.thenComparing(Map.Entry::getKey)).toList();
    }
  }

  @Override
  public Integer call() {
    try (TraceStore store = Stores.openExisting(uri)) {
      EventMetricsQuery query = analytics.metricsQuery();
      AnalyticsTables tables =
          new AnalyticsTables(
              store.eventMetrics(query),
              query.metrics(),
              store.actorGraph(analytics.graphQuery()),
              analytics.isByTime());
      Tally tally = count(store);
      if (isJson()) {
        Map<String, Object> document = document(store, tally);
        document.put("event_metrics", tables.metricsDocument());
        document.put("actor_graph", tables.graphDocument());
        printJson(document);
      } else {
        printTables(store, tally);
        tables.lines(console().tableColumns()).forEach(this::print);
      }
      return Cli.OK;
    }
  }

  private Tally count(TraceStore store) {
    Tally tally = new Tally();
    TraceQuery all =
        TraceQuery.builder().withEvents(events).maxEventBytes(LargeTraces.MAX_EVENT_BYTES).build();
    long total = store.count(all);
    try (TraceCursor cursor = store.openCursor(all);
        Progress progress = Progress.ofTraces(console(), "counting")) {
      while (cursor.hasNext()) {
        FlowTrace trace = cursor.next();
        tally.add(trace.withEvents(List.of()));
        if (events) {
          LargeTraces.readEvents(store, trace, tally::addEvents);
        }
        progress.at(tally.traces, total);
      }
    }
    return tally;
  }

  private Map<String, Object> document(TraceStore store, Tally tally) {
    StorageMetrics metrics = store.metrics();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", Stores.nameOf(store));
    document.put("traces", tally.traces);
    if (events) {
      document.put("events", tally.events);
    }
    Map<String, Long> byStatus = new TreeMap<>();
    tally.byStatus.forEach((status, count) -> byStatus.put(status.wireName(), count));
    document.put("by_status", byStatus);
    document.put("by_flow", new TreeMap<>(tally.byFlow));
    document.put("oldest", tally.oldest == null ? null : tally.oldest.startTime().toString());
    document.put("newest", tally.newest == null ? null : tally.newest.startTime().toString());
    document.put("storage_bytes", metrics.storageBytes());
    document.put("counters", metrics.counters());
    document.put("gauges", metrics.gauges());
    document.put("capabilities", capabilities(store));
    return document;
  }

  private static List<String> capabilities(TraceStore store) {
    return store.capabilities().stream().map(Capability::name).sorted().toList();
  }

  private void printTables(TraceStore store, Tally tally) {
    StorageMetrics metrics = store.metrics();
    Table table = new Table();
    table.row("store", Stores.nameOf(store));
    table.row("capabilities", String.join(", ", capabilities(store)));
    table.row("traces", String.valueOf(tally.traces));
    if (events) {
      table.row("events", String.valueOf(tally.events));
    }
    if (tally.oldest != null && tally.newest != null) {
      table.row("oldest", tally.oldest.startTime().toString());
      table.row("newest", tally.newest.startTime().toString());
    }
    if (metrics.storageBytes() >= 0) {
      table.row("size", "%.1f MiB".formatted(metrics.storageSizeMb()));
    }
    metrics.counters().forEach((name, value) -> table.row(name, String.valueOf(value)));
    table.wrapped(console().tableColumns()).forEach(this::print);
    printCounts(tally);
  }

  private void printCounts(Tally tally) {
    if (tally.traces == 0) {
      return;
    }
    print("");
    Table statuses = new Table("STATUS", "TRACES");
    tally.byStatus.forEach((status, n) -> statuses.row(status.wireName(), String.valueOf(n)));
    statuses.lines(console().tableColumns(), 0).forEach(this::print);
    print("");
    Table flows = new Table("FLOW", "TRACES");
    List<Map.Entry<String, Long>> all = tally.flows();
    all.stream()
        .limit(SHOWN_FLOWS)
        .forEach(flow -> flows.row(flow.getKey(), String.valueOf(flow.getValue())));
    flows.lines(console().tableColumns(), 0).forEach(this::print);
    if (all.size() > SHOWN_FLOWS) {
      print(Text.harmless("... and %d more flows".formatted(all.size() - SHOWN_FLOWS)));
    }
  }
}
