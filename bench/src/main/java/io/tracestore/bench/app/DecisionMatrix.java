package io.tracestore.bench.app;

import io.tracestore.spi.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * The decision matrix of Reflow's "Storage Selection Guide", with what was measured in the place of
 * adjectives.
 */
final class DecisionMatrix {
  private final Results results;

  /**
   * A row.
   *
   * @param feature as the specification names it
   * @param measure what stands in the cells
   * @param cells one for each store
   */
  record Row(String feature, String measure, List<String> cells) {}

  private DecisionMatrix(Results results) {
    this.results = results;
  }

  /** The matrix of {@code stores}. */
  static List<Row> of(List<StoreFacts> stores, Results results) {
    DecisionMatrix matrix = new DecisionMatrix(results);
    return List.of(
        row("Persistence", "what the store declares", stores, (m, s) -> persistence(s), matrix),
        row(
            "Concurrency",
            "traces written per second by 16 threads, and against one thread",
            stores,
            DecisionMatrix::concurrency,
            matrix),
        row(
            "Scale",
            "bytes per event; reading a trace at the largest size against the smallest",
            stores,
            DecisionMatrix::scale,
            matrix),
        row(
            "Setup complexity",
            "what has to run, and how long opening takes",
            stores,
            DecisionMatrix::setup,
            matrix),
        row(
            "Query flexibility",
            "filters measured, p50 of the fastest and of the slowest",
            stores,
            DecisionMatrix::query,
            matrix),
        row(
            "Analytics",
            "sums over all events by minute, actor and type",
            stores,
            DecisionMatrix::analytics,
            matrix),
        row(
            "Operational overhead",
            "not a number: what has to be looked after",
            stores,
            (m, s) -> operation(s),
            matrix));
  }

  private static Row row(
      String feature,
      String measure,
      List<StoreFacts> stores,
      BiFunction<DecisionMatrix, StoreFacts, String> cell,
      DecisionMatrix matrix) {
    return new Row(
        feature, measure, stores.stream().map(store -> cell.apply(matrix, store)).toList());
  }

  private static String persistence(StoreFacts store) {
    if (store.has(Capability.DURABLE)) {
      return "durable: survives kill -9";
    }
    return store.has(Capability.PERSISTENT) ? "survives a close" : "none";
  }

  private String concurrency(StoreFacts store) {
    Optional<Results.Figure> many = find(store, "storeTrace, 16 threads");
    Optional<Results.Figure> one = find(store, "storeTrace");
    if (many.isEmpty()) {
      return "not measured";
    }
    String rate = Numbers.count(many.get().perSecond()) + "/s";
    return one.map(o -> rate + ", " + Numbers.ratio(many.get().perSecond() / o.perSecond()))
        .orElse(rate);
  }

  private String scale(StoreFacts store) {
    String bytes = Numbers.bytes(results.bytesPerEvent(store.label())) + " per event";
    List<Long> sizes = results.sizes(store.label());
    if (sizes.isEmpty()) {
      return "not measured";
    }
    Optional<Results.Figure> small = results.find(store.label(), "getTraceCold", sizes.getFirst());
    Optional<Results.Figure> large = results.find(store.label(), "getTraceCold", sizes.getLast());
    if (sizes.size() < 2 || small.isEmpty() || large.isEmpty()) {
      return bytes;
    }
    return "%s; %s at %s events"
        .formatted(
            bytes,
            Numbers.ratio(large.get().micros(50) / small.get().micros(50)),
            Numbers.count(sizes.getLast()));
  }

  private String setup(StoreFacts store) {
    String what = store.isEmbedded() ? "nothing to install" : "a server";
    return find(store, "open")
        .map(open -> "%s; opens in %s".formatted(what, Numbers.micros(open.micros(50))))
        .orElse(what);
  }

  private String query(StoreFacts store) {
    List<Results.Figure> queries = new ArrayList<>();
    for (String title : results.titles()) {
      if (title.startsWith("queryTraces")) {
        find(store, title).ifPresent(queries::add);
      }
    }
    double[] times = queries.stream().mapToDouble(q -> q.micros(50)).sorted().toArray();
    return times.length == 0
        ? "not measured"
        : "%d: %s to %s"
            .formatted(
                times.length, Numbers.micros(times[0]), Numbers.micros(times[times.length - 1]));
  }

  private String analytics(StoreFacts store) {
    List<Long> sizes = results.sizes(store.label());
    for (long size : sizes.reversed()) {
      Optional<Results.Figure> sums = results.find(store.label(), "eventMetrics", size);
      if (sums.isPresent()) {
        return "%s over %s events"
            .formatted(Numbers.micros(sums.get().micros(50)), Numbers.count(size));
      }
    }
    return "not measured";
  }

  private static String operation(StoreFacts store) {
    if (store.scheme().equals("mem")) {
      return "nothing";
    }
    return store.isEmbedded() ? "a file to back up" : "a server to run, watch and back up";
  }

  private Optional<Results.Figure> find(StoreFacts store, String title) {
    return results.find(store.label(), title, results.baseSize());
  }
}
