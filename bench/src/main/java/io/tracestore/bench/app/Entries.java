package io.tracestore.bench.app;

import io.tracestore.bench.Subject;
import io.tracestore.model.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.math3.stat.StatUtils;

/**
 * The rounds of a cell as entries in JMH's JSON: for each subject one of mode {@code thrpt} and one
 * of mode {@code sample}. A score is a median. The ratio to a peer is a secondary metric.
 */
final class Entries {
  /** The prefix of the names of ratios; the peer's name follows. */
  static final String RATIO = "ratio to ";

  /** The prefix where the rounds before did not agree. */
  static final String UNSTEADY_RATIO = "unsteady ratio to ";

  private static final double[] PERCENTS = {0, 50, 90, 95, 99, 99.9, 99.99, 99.999, 99.9999, 100};

  private final Cell cell;
  private final List<JsonValue> forks;

  private Entries(Cell cell, List<JsonValue> forks) {
    this.cell = cell;
    this.forks = forks;
  }

  /**
   * The entries of {@code cell}.
   *
   * @param forks what each process wrote
   */
  static JsonValue of(Cell cell, List<JsonValue> forks) {
    Entries entries = new Entries(cell, forks);
    List<Map<String, Object>> all = new ArrayList<>();
    for (int side = 0; side < cell.subjects().size(); side++) {
      all.add(entries.rates(side));
      all.add(entries.times(side));
    }
    return JsonValue.from(all);
  }

  private Map<String, Object> rates(int side) {
    List<List<Double>> rates = new ArrayList<>();
    for (JsonValue fork : forks) {
      rates.add(numbers(fork, side, "seconds").stream().map(seconds -> 1 / seconds).toList());
    }
    Map<String, Object> secondary = new LinkedHashMap<>();
    secondary.put("gc.alloc.rate.norm", metric(List.of(number(side, "bytes")), "B/op"));
    List<Double> bytesPerEvent = number(side, "bytesPerEvent");
    if (!bytesPerEvent.isEmpty()) {
      secondary.put("bytesPerEvent", metric(List.of(bytesPerEvent), "B"));
    }
    if (side == 0 && cell.other().isPresent()) {
      secondary.put((isSteady() ? RATIO : UNSTEADY_RATIO) + cell.peer(), metric(ratios(), "x"));
    }
    return entry(side, "thrpt", metric(rates, "ops/s"), secondary);
  }

  private boolean isSteady() {
    return forks.stream()
        .map(fork -> Json.items(fork).getFirst())
        .allMatch(side -> Json.get(side, "steady").equals(Optional.of(JsonValue.of(true))));
  }

  /** The other's time divided by ours, for each pair of rounds. */
  private List<List<Double>> ratios() {
    List<List<Double>> ratios = new ArrayList<>();
    for (JsonValue fork : forks) {
      List<Double> ours = numbers(fork, 0, "seconds");
      List<Double> theirs = numbers(fork, 1, "seconds");
      List<Double> pairs = new ArrayList<>();
      for (int round = 0; round < ours.size(); round++) {
        pairs.add(theirs.get(round) / ours.get(round));
      }
      ratios.add(pairs);
    }
    return ratios;
  }

  private Map<String, Object> times(int side) {
    List<Double> samples = new ArrayList<>();
    List<List<Double>> means = new ArrayList<>();
    for (JsonValue fork : forks) {
      samples.addAll(numbers(fork, side, "micros"));
      means.add(numbers(fork, side, "means"));
    }
    double[] sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    Map<String, Object> percentiles = new LinkedHashMap<>();
    for (double percent : PERCENTS) {
      percentiles.put(
          String.valueOf(percent),
          percent == 0 ? StatUtils.min(sorted) : StatUtils.percentile(sorted, percent));
    }
    Map<String, Object> metric = metric(means, "us/op");
    metric.put("scorePercentiles", percentiles);
    return entry(side, "sample", metric, Map.of());
  }

  private Map<String, Object> entry(
      int side, String mode, Map<String, Object> metric, Map<String, Object> secondary) {
    Subject subject = cell.subjects().get(side);
    Map<String, String> params = new LinkedHashMap<>();
    params.put("uri", subject.store());
    params.put("events", String.valueOf(subject.events()));
    if (!subject.variant().isEmpty()) {
      params.put("variant", subject.variant());
    }
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put(
        "benchmark",
        "io.tracestore.bench.%s.%s"
            .formatted(subject.baseline() ? "Baseline" : "Store", subject.operation()));
    entry.put("mode", mode);
    entry.put("threads", subject.threads());
    entry.put("forks", forks.size());
    entry.put("params", params);
    entry.put("primaryMetric", metric);
    entry.put("secondaryMetrics", secondary);
    return entry;
  }

  private static Map<String, Object> metric(List<List<Double>> raw, String unit) {
    Interval interval = Interval.of(raw.stream().flatMap(List::stream).toList());
    Map<String, Object> metric = new LinkedHashMap<>();
    metric.put("score", interval.median());
    metric.put("scoreUnit", unit);
    if (Double.isFinite(interval.high())) {
      metric.put("scoreConfidence", List.of(interval.low(), interval.high()));
    }
    metric.put("rawData", raw);
    return metric;
  }

  private static List<Double> numbers(JsonValue fork, int side, String name) {
    return Json.get(Json.items(fork).get(side), name).map(Json::items).orElse(List.of()).stream()
        .map(Json::number)
        .toList();
  }

  /** One number of each process that has it. */
  private List<Double> number(int side, String name) {
    return forks.stream()
        .map(fork -> Json.number(Json.items(fork).get(side), name))
        .filter(number -> !Double.isNaN(number))
        .toList();
  }
}
