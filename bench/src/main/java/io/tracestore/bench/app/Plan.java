package io.tracestore.bench.app;

import io.tracestore.bench.Baseline;
import io.tracestore.bench.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;

/** The cells that a run measures, the most important first. */
final class Plan {
  /** Stores in memory are measured within bounds: more events than these would not fit. */
  private static final Map<String, Integer> MOST = Map.of("mem", 500_000, "chronicle", 1_000_000);

  private final Effort effort;
  private final Pattern only;
  private final List<Cell> cells = new ArrayList<>();

  private Plan(Effort effort, Pattern only) {
    this.effort = effort;
    this.only = only;
  }

  /**
   * The cells for all {@code stores}.
   *
   * @param only cells whose title has a match
   */
  static List<Cell> of(List<StoreFacts> stores, Effort effort, Pattern only) {
    Plan plan = new Plan(effort, only);
    List<StoreFacts> all = stores.stream().filter(store -> holds(store, effort)).toList();
    all.forEach(plan::basics);
    if (!effort.quick()) {
      all.forEach(plan::rest);
    }
    all.forEach(plan::sizes);
    return List.copyOf(plan.cells);
  }

  /** Whether {@code store} can be measured at all: it holds the smallest size. */
  static boolean holds(StoreFacts store, Effort effort) {
    return effort.sizes().getFirst() <= most(store);
  }

  private static int most(StoreFacts store) {
    return MOST.getOrDefault(store.scheme(), Integer.MAX_VALUE);
  }

  private void basics(StoreFacts store) {
    int base = effort.sizes().getFirst();
    add(store, "storeTrace", base, 1);
    add(store, "storeTrace", base, 16);
    add(store, "storeTraces", base, 1);
    add(store, "storeEvent", base, 1);
    add(store, "getTraceCold", base, 1);
    add(store, "queryTraces", base, 1, Map.of("filter", Filter.FLOW.name()));
    add(store, "queryTraces", base, 1, Map.of("filter", Filter.ACTOR.name()));
    add(store, "eventMetrics", base, 1);
    add(store, "mixed", base, 1, Map.of("readPercent", "90"));
    open(store, base);
    if (Baseline.SCHEMES.contains(store.scheme())) {
      baseline(store, "storeTrace", base, 1);
      baseline(store, "storeTraces", base, 1);
      baseline(store, "getTraceCold", base, 1);
      if (!store.isEmbedded()) {
        baseline(store, "storeTrace", base, 16);
      }
    }
  }

  private void rest(StoreFacts store) {
    int base = effort.sizes().getFirst();
    add(store, "storeTrace", base, 4);
    add(store, "writerWrite", base, 1);
    add(store, "getTraceHot", base, 1);
    add(store, "getEvents", base, 1);
    for (Filter filter : Filter.values()) {
      if (filter != Filter.FLOW && filter != Filter.ACTOR) {
        add(store, "queryTraces", base, 1, Map.of("filter", filter.name()));
      }
    }
    add(store, "openCursor", base, 1);
    add(store, "actorGraph", base, 1);
    add(store, "mixed", base, 1, Map.of("readPercent", "50"));
  }

  /** Adds cells that show how the cost grows with the number of stored events. */
  private void sizes(StoreFacts store) {
    for (int events : effort.sizes().subList(1, effort.sizes().size())) {
      if (events > most(store)) {
        continue;
      }
      add(store, "getTraceCold", events, 1);
      add(store, "queryTraces", events, 1, Map.of("filter", Filter.FLOW.name()));
      add(store, "storeTrace", events, 1);
      add(store, "eventMetrics", events, 1);
      if (!effort.quick()) {
        add(store, "openCursor", events, 1);
        open(store, events);
      }
    }
  }

  private void add(StoreFacts store, String operation, int events, int threads) {
    add(store, operation, events, threads, Map.of());
  }

  private void add(
      StoreFacts store, String operation, int events, int threads, Map<String, String> params) {
    add(new Cell(false, operation, store.label(), events, threads, Mode.SampleTime, params));
    if (!effort.quick() && events == effort.sizes().getFirst()) {
      add(new Cell(false, operation, store.label(), events, threads, Mode.Throughput, params));
    }
  }

  private void baseline(StoreFacts store, String operation, int events, int threads) {
    add(new Cell(true, operation, store.label(), events, threads, Mode.SampleTime, Map.of()));
    if (!effort.quick()) {
      add(new Cell(true, operation, store.label(), events, threads, Mode.Throughput, Map.of()));
    }
  }

  private void open(StoreFacts store, int events) {
    add(new Cell(false, "open", store.label(), events, 1, Mode.SingleShotTime, Map.of()));
  }

  private void add(Cell cell) {
    if (only.matcher(cell.title()).find()) {
      cells.add(cell);
    }
  }
}
