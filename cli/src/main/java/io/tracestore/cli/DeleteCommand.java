package io.tracestore.cli;

import io.tracestore.cli.terminal.Console;
import io.tracestore.cli.terminal.Text;
import io.tracestore.model.TraceId;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes single traces, or those that match filters. */
@Command(
    name = "delete",
    description = {
      "Remove traces with all their events: those named, or those that match all filters.",
      "The exit code is 1 if one of them was not there; the others are removed."
    })
final class DeleteCommand extends BaseCommand {
  @Parameters(index = "0", paramLabel = "URI", description = "The store.")
  private String uri = "";

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "TRACE_ID",
      description = "The traces: each its UUID, or 16 or 32 hexadecimal digits.")
  private List<String> traceIds = List.of();

  @Mixin private FilterOptions filters = new FilterOptions();

  @Option(names = "--dry-run", description = "Only say how many traces would be removed.")
  private boolean dryRun;

  DeleteCommand(Console console) {
    super(console);
  }

  @Override
  public Integer call() {
    TraceQuery query = filters.toQuery().build();
    boolean isFiltered = !query.equals(TraceQuery.ALL);
    if (isFiltered != traceIds.isEmpty()) {
      throw CommandFailedException.usage(
          "delete takes either ids of traces or filters such as --flow", null);
    }
    return isFiltered ? deleteMatching(query) : deleteNamed();
  }

  private int deleteMatching(TraceQuery query) {
    try (TraceStore store = Stores.openExisting(uri)) {
      report(dryRun ? store.count(query) : store.deleteTraces(query), List.of());
    }
    return Cli.OK;
  }

  private int deleteNamed() {
    Set<TraceId> ids = new LinkedHashSet<>();
    traceIds.forEach(text -> ids.add(TraceIds.parse(text)));
    List<TraceId> missing = new ArrayList<>();
    try (TraceStore store = Stores.openExisting(uri)) {
      for (TraceId id : ids) {
        if (!(dryRun ? isThere(store, id) : store.deleteTrace(id))) {
          missing.add(id);
        }
      }
    }
    missing.forEach(id -> console().error("tracestore: no such trace: " + id));
    report(ids.size() - missing.size(), missing);
    return missing.isEmpty() ? Cli.OK : Cli.FAILED;
  }

  /** Whether a deletion would find anything: a header, or early events. */
  private static boolean isThere(TraceStore store, TraceId id) {
    if (store.getHeader(id).isPresent()) {
      return true;
    }
    try (EventCursor events = store.openEvents(id, EventRange.ALL.withLimit(1))) {
      return events.hasNext();
    }
  }

  private void report(long count, List<TraceId> missing) {
    if (isJson()) {
      List<String> names = missing.stream().map(TraceId::toString).toList();
      printJson(Map.of(dryRun ? "wouldRemove" : "removed", count, "missing", names));
    } else {
      print(Text.harmless((dryRun ? "would remove " : "removed ") + Counts.of(count, "trace")));
    }
  }
}
