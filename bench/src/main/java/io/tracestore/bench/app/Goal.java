package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleBiFunction;

/**
 * A ratio that a backend is held to, by name. {@code docs/performance.md} lists them.
 *
 * @param scheme of the backend
 * @param name what is compared with what
 * @param wanted the ratio
 * @param atMost whether less is better
 * @param measure the ratio of a store, by its label; NaN if it was not measured
 */
record Goal(
    String scheme,
    String name,
    double wanted,
    boolean atMost,
    ToDoubleBiFunction<Results, String> measure) {
  static final List<Goal> ALL =
      List.of(
          rate("mem", "reading / Zipkin's reading", "getTraceCold", 10),
          rate("mem", "writing / Zipkin's writing", "storeTrace", 5),
          rate("sqlite", "batches / prepared inserts by hand", "storeTraces", 0.8),
          rate("sqlite", "reading / select and decode by hand", "getTraceCold", 0.8),
          writers("sqlite", 5),
          growth("sqlite", "storeTrace", 50_000, 5_000_000),
          growth("sqlite", "getTraceCold", 50_000, 5_000_000),
          growth("sqlite", "queryTraces FLOW", 50_000, 5_000_000),
          rate("chronicle", "writing / a map's put of the same bytes", "storeTrace", 0.7),
          rate("chronicle", "reading / a map's get of the same bytes", "getTraceCold", 0.7),
          rate("postgresql", "batches / COPY of the same rows", "storeTraces", 0.8),
          median("postgresql", "p50 of reading / of the two selects", 1.2),
          writers("postgresql", 4),
          growth("postgresql", "storeTrace", 100_000, 10_000_000),
          growth("postgresql", "getTraceCold", 100_000, 10_000_000),
          growth("postgresql", "queryTraces FLOW", 100_000, 10_000_000),
          rate(
              "redis",
              "16 writers / 16 that pipeline the same keys",
              "storeTrace, 16 threads",
              0.8),
          median("redis", "p50 of reading / of the same values pipelined", 1.2),
          rate("clickhouse", "batches / RowBinary of the same rows", "storeTraces", 0.8),
          writers("clickhouse", 10));

  private static final double GROWTH = 1.3;

  /** The outcome of a goal. */
  enum Outcome {
    MET,
    MISSED,
    NOT_MEASURED
  }

  /**
   * A goal of one store.
   *
   * @param store its label
   * @param goal which
   * @param measured the ratio; NaN if it was not measured
   */
  record Row(String store, Goal goal, double measured) {
    Outcome outcome() {
      if (Double.isNaN(measured)) {
        return Outcome.NOT_MEASURED;
      }
      boolean met = goal.atMost ? measured <= goal.wanted : measured >= goal.wanted;
      return met ? Outcome.MET : Outcome.MISSED;
    }

    /** As people read it: store, what, wanted, measured, outcome. */
    List<String> texts() {
      return List.of(
          store,
          goal.name,
          "%s %s".formatted(goal.atMost ? "at most" : "at least", Numbers.ratio(goal.wanted)),
          Numbers.ratio(measured),
          outcome().name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  /** The names of the columns of {@link Row#texts}. */
  static final List<String> COLUMNS = List.of("Store", "Ratio", "Wanted", "Measured", "Outcome");

  /** The goals of {@code stores}, in order; those not measured are among them. */
  static List<Row> of(List<StoreFacts> stores, Results results) {
    List<Row> rows = new ArrayList<>();
    for (StoreFacts store : stores) {
      for (Goal goal : ALL) {
        if (goal.scheme.equals(store.backend())) {
          double measured = goal.measure.applyAsDouble(results, store.label());
          rows.add(new Row(store.label(), goal, measured));
        }
      }
    }
    return rows;
  }

  /** Operations per second, divided by those of the least work. */
  private static Goal rate(String scheme, String name, String title, double wanted) {
    return new Goal(
        scheme,
        name,
        wanted,
        false,
        (results, store) ->
            results.find(store, title, results.baseSize()).map(results::ratio).orElse(Double.NaN));
  }

  /** The median of reading a trace, divided by that of the least work. */
  private static Goal median(String scheme, String name, double wanted) {
    return new Goal(
        scheme,
        name,
        wanted,
        true,
        (results, store) ->
            results
                .find(store, "getTraceCold", results.baseSize())
                .flatMap(own -> results.baseline(own).map(base -> own.micros(50) / base.micros(50)))
                .orElse(Double.NaN));
  }

  /** The throughput of 16 writers together, divided by that of one. */
  private static Goal writers(String scheme, double wanted) {
    return new Goal(
        scheme,
        "16 writers / one writer",
        wanted,
        false,
        (results, store) ->
            rate(results, store, "storeTrace, 16 threads") / rate(results, store, "storeTrace"));
  }

  private static double rate(Results results, String store, String title) {
    return results
        .find(store, title, results.baseSize())
        .map(Results.Figure::perSecond)
        .orElse(Double.NaN);
  }

  /** The median at a large size, divided by that at a small one. */
  private static Goal growth(String scheme, String title, long small, long large) {
    return new Goal(
        scheme,
        "p50 of %s at %s events / at %s"
            .formatted(title, Numbers.count(large), Numbers.count(small)),
        GROWTH,
        true,
        (results, store) ->
            median(results, store, title, large) / median(results, store, title, small));
  }

  private static double median(Results results, String store, String title, long size) {
    return results.find(store, title, size).map(f -> f.micros(50)).orElse(Double.NaN);
  }
}
