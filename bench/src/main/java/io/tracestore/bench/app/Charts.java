package io.tracestore.bench.app;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The charts of a report: their numbers, without how they look. */
final class Charts {
  private static final List<Double> PERCENTS = List.of(50.0, 90.0, 95.0, 99.0, 99.9, 100.0);
  private static final List<String> PERCENT_NAMES =
      List.of("p50", "p90", "p95", "p99", "p99.9", "max");

  private final Results results;
  private final List<Chart> charts = new ArrayList<>();

  /** The unit of the numbers of a chart. */
  enum Unit {
    PER_SECOND,
    MICROS,
    BYTES,
    RATIO;

    /** A number as people read it. */
    String format(double value) {
      return switch (this) {
        case PER_SECOND -> Numbers.count(value);
        case MICROS -> Numbers.micros(value);
        case BYTES -> Numbers.bytes(value);
        case RATIO -> Numbers.ratio(value);
      };
    }
  }

  /**
   * One line, or the bars of one colour.
   *
   * @param name its store
   * @param values one for each label; null where nothing was measured
   */
  record Series(String name, List<@Nullable Double> values) {
    Series {
      values = Collections.unmodifiableList(new ArrayList<>(values));
    }
  }

  /**
   * One chart.
   *
   * @param id its element in the page
   * @param title what it shows
   * @param note what to know to read it
   * @param lines whether points are joined by lines; else they are bars
   * @param unit of the values
   * @param axis what the labels are
   * @param labels along the axis
   * @param series one for each store
   */
  record Chart(
      String id,
      String title,
      String note,
      boolean lines,
      Unit unit,
      String axis,
      List<String> labels,
      List<Series> series) {
    /** As the page's script reads it. */
    Map<String, Object> toData() {
      List<Map<String, Object>> all = new ArrayList<>();
      for (Series one : series) {
        all.add(Map.of("name", one.name(), "values", one.values()));
      }
      Map<String, Object> data = new LinkedHashMap<>();
      data.put("id", id);
      data.put("lines", lines);
      data.put("unit", unit.name());
      data.put("axis", axis);
      data.put("labels", labels);
      data.put("series", all);
      return data;
    }
  }

  private interface Value {
    double of(String store, String label);
  }

  private Charts(Results results) {
    this.results = results;
  }

  /** The charts for which there are numbers. */
  static List<Chart> of(Results results) {
    Charts charts = new Charts(results);
    charts.throughput();
    charts.latency("storeTrace", "Latency of writing a trace");
    charts.latency("storeTrace, 16 threads", "Latency of writing a trace from 16 threads");
    charts.latency("getTraceCold", "Latency of reading a trace");
    charts.latency("queryTraces FLOW", "Latency of a query by flow");
    charts.size("getTraceCold", "Reading a trace, by what is stored");
    charts.size("queryTraces FLOW", "A query by flow, by what is stored");
    charts.size("storeTrace", "Writing a trace, by what is stored");
    charts.size("eventMetrics", "Sums over all events, by what is stored");
    charts.bytes();
    charts.ratio();
    return List.copyOf(charts.charts);
  }

  private void throughput() {
    long size = results.baseSize();
    List<String> titles = results.titles().stream().filter(t -> !t.equals("open")).toList();
    add(
        "Throughput",
        "Operations per second, on a logarithmic axis; more is better.",
        false,
        Unit.PER_SECOND,
        "operation",
        titles,
        (store, title) ->
            results.find(store, title, size).map(Results.Figure::perSecond).orElse(Double.NaN));
  }

  private void latency(String operation, String title) {
    long size = results.baseSize();
    add(
        title,
        "The longest time of a call among the given percentage of calls; less is better.",
        true,
        Unit.MICROS,
        "percentile",
        PERCENT_NAMES,
        (store, name) ->
            results
                .find(store, operation, size)
                .map(f -> f.micros(PERCENTS.get(PERCENT_NAMES.indexOf(name))))
                .orElse(Double.NaN));
  }

  private void size(String operation, String title) {
    Set<Long> sizes = new TreeSet<>();
    results.stores().forEach(store -> sizes.addAll(results.sizes(store)));
    if (sizes.size() < 2) {
      return;
    }
    Map<String, Long> byLabel = new LinkedHashMap<>();
    sizes.forEach(size -> byLabel.put(Numbers.count(size), size));
    add(
        title,
        "The median (p50), by the number of events in the store; flat is best.",
        true,
        Unit.MICROS,
        "events",
        List.copyOf(byLabel.keySet()),
        (store, label) ->
            results
                .find(store, operation, byLabel.getOrDefault(label, 0L))
                .map(f -> f.micros(50))
                .orElse(Double.NaN));
  }

  private void bytes() {
    add(
        "Bytes per event",
        "On disk or in memory, indexes included, at the largest size; less is better.",
        false,
        Unit.BYTES,
        "",
        List.of("bytes per event"),
        (store, label) -> results.bytesPerEvent(store));
  }

  private void ratio() {
    List<String> titles =
        results.titles().stream()
            .filter(title ->
                results.stores().stream().anyMatch(store -> !Double.isNaN(ratio(store, title))))
            .toList();
    add(
        "Against the least work",
        "Throughput of the store divided by that of its peer, which the table of all numbers names:"
            + " its engine used by hand, or Zipkin's InMemoryStorage for mem:. Measured in turn;"
            + " noisy ones are left out.",
        false,
        Unit.RATIO,
        "operation",
        titles,
        this::ratio);
  }

  private double ratio(String store, String title) {
    return results
        .find(store, title, results.baseSize())
        .flatMap(results::ratio)
        .map(ratio -> ratio.interval().median())
        .orElse(Double.NaN);
  }

  private void add(
      String title,
      String note,
      boolean lines,
      Unit unit,
      String axis,
      List<String> labels,
      Value value) {
    List<Series> series = new ArrayList<>();
    for (String store : results.stores()) {
      List<@Nullable Double> values = new ArrayList<>();
      for (String label : labels) {
        double number = value.of(store, label);
        values.add(number > 0 && Double.isFinite(number) ? number : null);
      }
      if (values.stream().anyMatch(v -> v != null)) {
        series.add(new Series(store, values));
      }
    }
    if (!series.isEmpty()) {
      String id = "chart-" + (charts.size() + 1);
      charts.add(new Chart(id, title, note, lines, unit, axis, labels, List.copyOf(series)));
    }
  }
}
