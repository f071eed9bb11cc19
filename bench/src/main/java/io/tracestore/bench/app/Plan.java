package io.tracestore.bench.app;

import io.tracestore.bench.Baseline;
import io.tracestore.bench.Filter;
import io.tracestore.bench.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The cells that a run measures, the most important first. */
final class Plan {
  /** Stores in memory are measured within bounds: more events than these would not fit. */
  private static final Map<String, Integer> MOST = Map.of("mem", 200_000, "chronicle", 1_000_000);

  private static final int WRITERS = 16;

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

  private Subject subject(StoreFacts store, String operation) {
    return Subject.of(operation, store.label(), effort.sizes().getFirst());
  }

  private void basics(StoreFacts store) {
    boolean mem = store.scheme().equals("mem");
    Subject storeTrace = subject(store, "storeTrace");
    besideBaseline(store, storeTrace);
    if (mem) {
      besideBaseline(store, storeTrace.variant("room"));
    }
    besideBaseline(store, subject(store, "storeTraces"));
    // Batches in memory save nothing.
    Subject fewer = mem ? storeTrace : subject(store, "storeTraces");
    add(Cell.beside(storeTrace.threads(WRITERS), fewer, fewer.title()));
    besideBaseline(store, subject(store, "getTraceCold"));
    alone(store, "queryTraces", Filter.FLOW.name());
    alone(store, "queryTraces", Filter.ACTOR.name());
    alone(store, "eventMetrics", "");
    alone(store, "open", "");
  }

  private void rest(StoreFacts store) {
    alone(store, "storeEvent", "");
    add(Cell.alone(subject(store, "storeTrace").threads(4)));
    alone(store, "writerWrite", "");
    alone(store, "getTraceHot", "");
    alone(store, "getEvents", "");
    for (Filter filter : Filter.values()) {
      if (filter != Filter.FLOW && filter != Filter.ACTOR) {
        alone(store, "queryTraces", filter.name());
      }
    }
    alone(store, "openCursor", "");
    alone(store, "actorGraph", "");
    alone(store, "mixed", "90");
    alone(store, "mixed", "50");
  }

  /** Adds cells that show how the cost grows with the number of stored events. */
  private void sizes(StoreFacts store) {
    for (int events : effort.sizes().subList(1, effort.sizes().size())) {
      if (events > most(store)) {
        continue;
      }
      grown(subject(store, "getTraceCold"), events);
      grown(subject(store, "queryTraces").variant(Filter.FLOW.name()), events);
      add(Cell.alone(subject(store, "eventMetrics").events(events)));
      if (!effort.quick()) {
        add(Cell.alone(subject(store, "openCursor").events(events)));
        add(Cell.alone(subject(store, "open").events(events)));
      }
      // A large store is shared, so what makes it larger comes last.
      grown(subject(store, "storeTrace"), events);
    }
  }

  private void grown(Subject small, int events) {
    String peer = Numbers.count(small.events()) + " events";
    add(Cell.beside(small.events(events), small, peer));
  }

  private void alone(StoreFacts store, String operation, String variant) {
    add(Cell.alone(subject(store, operation).variant(variant)));
  }

  private void besideBaseline(StoreFacts store, Subject subject) {
    boolean reads = subject.operation().startsWith("get");
    Optional<String> peer = Baseline.peer(store.scheme(), reads);
    add(
        peer.map(name -> Cell.beside(subject, subject.ofBaseline(), name))
            .orElse(Cell.alone(subject)));
  }

  private void add(Cell cell) {
    if (only.matcher(cell.title()).find()) {
      cells.add(cell);
    }
  }
}
