package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Progress;
import io.tracestore.cli.terminal.Table;
import io.tracestore.cli.terminal.Text;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what a store holds. */
@Command(
    name = "stats",
    description = "Count the traces of the store by status and flow, and tell what it can do.")
final class StatsCommand extends BaseCommand {
  private static final int SHOWN_FLOWS = 20;

  @Parameters(paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Option(names = "--events", description = "Count the events too, which reads all of them.")
  private boolean events;

  StatsCommand(Console console) {
    super(console);
  }

  /** What reading every trace counted. */
  private static final class Counts {
    private final Map<ExecutionStatus.Kind, Long> byStatus =
        new EnumMap<>(ExecutionStatus.Kind.class);
    private final Map<String, Long> byFlow = new HashMap<>();
    private long traces;
    private long events;
    private @Nullable FlowTrace newest;
    private @Nullable FlowTrace oldest;

    void add(FlowTrace trace) {
      traces++;
      events += trace.events().size();
      byStatus.merge(trace.status().kind(), 1L, Long::sum);
      byFlow.merge(trace.flowId(), 1L, Long::sum);
      newest = newest == null ? trace : newest;
      oldest = trace;
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
    try (TraceStore store = Stores.open(uri)) {
      Counts counts = count(store);
      if (isJson()) {
        printJson(document(store, counts));
      } else {
        printTables(store, counts);
      }
      return Cli.OK;
    }
  }

  private Counts count(TraceStore store) {
    Counts counts = new Counts();
    TraceQuery all = TraceQuery.builder().withEvents(events).build();
    long total = store.count(all);
    try (TraceCursor cursor = store.openCursor(all);
        Progress progress = Progress.ofTraces(console(), "counting")) {
      while (cursor.hasNext()) {
        counts.add(cursor.next());
        progress.at(counts.traces, total);
      }
    }
    return counts;
  }

  private Map<String, Object> document(TraceStore store, Counts counts) {
    StorageMetrics metrics = store.metrics();
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("store", store.toString());
    document.put("traces", counts.traces);
    if (events) {
      document.put("events", counts.events);
    }
    Map<String, Long> byStatus = new TreeMap<>();
    counts.byStatus.forEach((status, count) -> byStatus.put(status.wireName(), count));
    document.put("by_status", byStatus);
    document.put("by_flow", new TreeMap<>(counts.byFlow));
    document.put("oldest", counts.oldest == null ? null : counts.oldest.startTime().toString());
    document.put("newest", counts.newest == null ? null : counts.newest.startTime().toString());
    document.put("storage_bytes", metrics.storageBytes());
    document.put("counters", metrics.counters());
    document.put("capabilities", capabilities(store));
    return document;
  }

  private static List<String> capabilities(TraceStore store) {
    return store.capabilities().stream().map(Capability::name).sorted().toList();
  }

  private void printTables(TraceStore store, Counts counts) {
    StorageMetrics metrics = store.metrics();
    Table table = new Table();
    table.row("store", store.toString());
    table.row("capabilities", String.join(", ", capabilities(store)));
    table.row("traces", String.valueOf(counts.traces));
    if (events) {
      table.row("events", String.valueOf(counts.events));
    }
    if (counts.oldest != null && counts.newest != null) {
      table.row("oldest", counts.oldest.startTime().toString());
      table.row("newest", counts.newest.startTime().toString());
    }
    if (metrics.storageBytes() >= 0) {
      table.row("size", "%.1f MiB".formatted(metrics.storageSizeMb()));
    }
    metrics.counters().forEach((name, value) -> table.row(name, String.valueOf(value)));
    table.lines().forEach(this::print);
    printCounts(counts);
  }

  private void printCounts(Counts counts) {
    if (counts.traces == 0) {
      return;
    }
    print("");
    Table statuses = new Table("STATUS", "TRACES");
    counts.byStatus.forEach((status, n) -> statuses.row(status.wireName(), String.valueOf(n)));
    statuses.lines().forEach(this::print);
    print("");
    Table flows = new Table("FLOW", "TRACES");
    List<Map.Entry<String, Long>> all = counts.flows();
    all.stream()
        .limit(SHOWN_FLOWS)
        .forEach(flow -> flows.row(flow.getKey(), String.valueOf(flow.getValue())));
    flows.lines(console().columns(), 0).forEach(this::print);
    if (all.size() > SHOWN_FLOWS) {
      print(Text.harmless("... and %d more flows".formatted(all.size() - SHOWN_FLOWS)));
    }
  }
}
