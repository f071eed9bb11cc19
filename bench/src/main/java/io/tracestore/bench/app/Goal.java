package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A ratio that a backend is held to: the speed of an operation divided by that of a peer. {@code
 * docs/performance.md} lists them.
 *
 * @param scheme of the backend
 * @param title of the operation
 * @param events held by the store; 0 for the smallest size of the run
 * @param peer the name of the peer
 * @param wanted the ratio at least
 * @param wantedMicros the time of an operation that is the peer; 0 if the peer was measured
 */
record Goal(
    String scheme, String title, int events, String peer, double wanted, double wantedMicros) {
  private static final double MICROS_PER_SECOND = 1e6;
  private static final String ZIPKIN = "Zipkin's InMemoryStorage";

  /** A large store is wanted to take at most 1.2 times as long as a small one. */
  private static final double GROWTH = 1 / 1.2;

  static final List<Goal> ALL =
      List.of(
          of("mem", "storeTrace", ZIPKIN, 5),
          of("mem", "storeTrace room", ZIPKIN, 5),
          of("mem", "getTraceCold", ZIPKIN, 15),
          of("mem", "storeTrace, 16 threads", "storeTrace", 1.5),
          new Goal("mem", "eventMetrics", 100_000, "30 ms", 1, 30_000),
          of("sqlite", "storeTrace", "prepared inserts by hand", 0.9),
          of("sqlite", "storeTraces", "prepared inserts by hand", 0.95),
          of("sqlite", "storeTrace, 16 threads", "storeTraces", 0.85),
          growth("sqlite", "storeTrace"),
          growth("sqlite", "getTraceCold"),
          growth("sqlite", "queryTraces FLOW"),
          of("chronicle", "storeTrace", "encode and a map's put by hand", 0.8),
          of("chronicle", "getTraceCold", "a map's get and decode by hand", 0.9),
          of("postgresql", "storeTrace", "COPY BINARY by hand", 0.9),
          of("postgresql", "storeTraces", "COPY BINARY by hand", 0.9),
          of("postgresql", "storeTrace, 16 threads", "storeTraces", 0.7),
          growth("postgresql", "storeTrace"),
          growth("postgresql", "getTraceCold"),
          growth("postgresql", "queryTraces FLOW"),
          of("redis", "storeTraces", "the same keys pipelined", 0.9),
          of("clickhouse", "storeTraces", "RowBinary by hand", 0.95),
          growth("clickhouse", "storeTrace"),
          growth("clickhouse", "getTraceCold"),
          growth("clickhouse", "queryTraces FLOW"));

  /** The outcome of a goal. */
  enum Outcome {
    /** The whole interval is at the wanted ratio or above it. */
    MET,
    /** The whole interval is below the wanted ratio. */
    MISSED,
    /** The wanted ratio is within the interval. */
    UNDECIDED,
    TOO_NOISY,
    NOT_MEASURED
  }

  private static Goal of(String scheme, String title, String peer, double wanted) {
    return new Goal(scheme, title, 0, peer, wanted, 0);
  }

  /** The cost with ten million events beside that with a hundred thousand. */
  private static Goal growth(String scheme, String title) {
    return new Goal(scheme, title, 10_000_000, "100k events", GROWTH, 0);
  }

  /** Such as {@code storeTrace / Zipkin's InMemoryStorage}. */
  String name() {
    String size = events == 0 ? "" : " at %s events".formatted(Numbers.count(events));
    return "%s%s / %s".formatted(title, size, peer);
  }

  /**
   * A goal of one store.
   *
   * @param store its label
   * @param goal which
   * @param measured the ratio; empty if it was not measured
   */
  record Row(String store, Goal goal, Optional<Ratio> measured) {
    Outcome outcome() {
      if (measured.isEmpty()) {
        return Outcome.NOT_MEASURED;
      }
      if (measured.get().isNoisy()) {
        return Outcome.TOO_NOISY;
      }
      Interval interval = measured.get().interval();
      if (interval.low() >= goal.wanted) {
        return Outcome.MET;
      }
      return interval.high() < goal.wanted ? Outcome.MISSED : Outcome.UNDECIDED;
    }

    /** As people read it: store, ratio, wanted, measured, outcome. */
    List<String> texts() {
      return List.of(
          store,
          goal.name(),
          "at least " + Numbers.ratio(goal.wanted),
          measured.map(Ratio::toString).orElse(Numbers.UNKNOWN),
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
          rows.add(new Row(store.label(), goal, goal.measured(results, store.label())));
        }
      }
    }
    return rows;
  }

  private Optional<Ratio> measured(Results results, String store) {
    long size = events == 0 ? results.baseSize() : events;
    Optional<Results.Figure> figure = results.find(store, title, size);
    if (wantedMicros > 0) {
      return figure.map(Results.Figure::rates).filter(rates -> !rates.isEmpty()).map(this::ofTime);
    }
    return figure.stream()
        .flatMap(found -> found.ratios().stream())
        .filter(ratio -> ratio.peer().equals(peer))
        .findFirst();
  }

  private Ratio ofTime(List<Double> rates) {
    double perSecond = MICROS_PER_SECOND / wantedMicros;
    return new Ratio(peer, rates.stream().map(rate -> rate / perSecond).toList(), true);
  }
}
