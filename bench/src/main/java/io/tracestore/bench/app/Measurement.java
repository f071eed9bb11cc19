package io.tracestore.bench.app;

import io.tracestore.model.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * One entry of JMH's JSON, in units of this program.
 *
 * @param subject what was measured
 * @param throughput whether the samples are operations per second; else they are microseconds
 * @param score the mean, or median, in that unit
 * @param samples the mean of each iteration, or round, in that unit
 * @param percentiles of the microseconds, by percent; empty for a throughput
 * @param bytesAllocated for each operation; NaN if not known
 * @param bytesPerEvent that the store takes; NaN if not known
 * @param ratios to peers that were measured in turn
 */
record Measurement(
    Subject subject,
    boolean throughput,
    double score,
    List<Double> samples,
    NavigableMap<Double, Double> percentiles,
    double bytesAllocated,
    double bytesPerEvent,
    List<Ratio> ratios) {
  private static final double MICROS_PER_SECOND = 1e6;

  /**
   * The subject of a measurement; equal in two runs that measure the same.
   *
   * @param type {@code Store} or {@code Baseline}, or the class of one of JMH's benchmarks, without
   *     its package
   * @param operation the benchmark's method
   * @param store the parameter uri; empty without
   * @param events the parameter events; 0 without
   * @param threads how many called
   * @param variant the other parameters' values
   */
  record Subject(
      String type, String operation, String store, long events, int threads, String variant) {
    boolean isBaseline() {
      return type.equals("Baseline");
    }

    /** Whether it belongs to the suite, not to a benchmark of one backend. */
    boolean isOfSuite() {
      return isBaseline() || type.equals("Store");
    }

    /** Such as {@code queryTraces ACTOR, 16 threads}. */
    String title() {
      return operation
          + (variant.isEmpty() ? "" : " " + variant)
          + (threads > 1 ? ", " + threads + " threads" : "");
    }

    /** As the title, with store and size. */
    String fullTitle() {
      String size = events > 0 ? ", " + Numbers.count(events) + " events" : "";
      return (isOfSuite() ? "" : type + " ")
          + (store.isEmpty() ? "" : store + " ")
          + (isBaseline() ? "baseline " : "")
          + title()
          + size;
    }
  }

  /** Reads an array of JMH's entries; what is of another mode is left out. */
  static List<Measurement> ofJson(JsonValue document) {
    List<Measurement> measurements = new ArrayList<>();
    for (JsonValue entry : Json.items(document)) {
      if (List.of("thrpt", "sample", "ss", "avgt").contains(Json.text(entry, "mode"))) {
        measurements.add(ofEntry(entry));
      }
    }
    return List.copyOf(measurements);
  }

  private static Measurement ofEntry(JsonValue entry) {
    JsonValue metric =
        Json.get(entry, "primaryMetric")
            .orElseThrow(() -> new BenchException("a result has no primaryMetric; is it JMH's?"));
    boolean throughput = Json.text(entry, "mode").equals("thrpt");
    double factor = factor(Json.text(metric, "scoreUnit"), throughput);
    return new Measurement(
        subject(entry),
        throughput,
        Json.number(metric, "score") * factor,
        samples(metric, factor),
        throughput ? new TreeMap<>() : percentiles(metric, factor),
        secondary(entry, "gc.alloc.rate.norm"),
        bytesPerEvent(entry),
        ratios(entry));
  }

  private static List<Ratio> ratios(JsonValue entry) {
    List<Ratio> ratios = new ArrayList<>();
    Json.get(entry, "secondaryMetrics")
        .map(Json::members)
        .orElse(Map.of())
        .forEach((name, metric) -> {
          boolean steady = name.startsWith(Entries.RATIO);
          if (steady || name.startsWith(Entries.UNSTEADY_RATIO)) {
            String peer = name.substring(name.indexOf(Entries.RATIO) + Entries.RATIO.length());
            ratios.add(new Ratio(peer, samples(metric, 1), steady));
          }
        });
    return ratios;
  }

  private static Subject subject(JsonValue entry) {
    String[] names = Json.text(entry, "benchmark").split("\\.", -1);
    Map<String, JsonValue> params = Json.get(entry, "params").map(Json::members).orElse(Map.of());
    String variant =
        params.entrySet().stream()
            .filter(param -> !param.getKey().equals("uri") && !param.getKey().equals("events"))
            .map(param -> param.getValue() instanceof JsonValue.JsonString s ? s.value() : "")
            .collect(Collectors.joining(" "));
    String uri = params.get("uri") instanceof JsonValue.JsonString s ? s.value() : "";
    String events = params.get("events") instanceof JsonValue.JsonString s ? s.value() : "0";
    return new Subject(
        names.length > 1 ? names[names.length - 2] : "",
        names[names.length - 1],
        uri,
        events.matches("\\d{1,18}") ? Long.parseLong(events) : 0,
        (int) Json.number(entry, "threads"),
        variant);
  }

  /**
   * The factor that turns a score in JMH's unit into operations per second, or into microseconds.
   */
  private static double factor(String unit, boolean throughput) {
    double seconds =
        switch (unit.replace("ops/", "").replace("/op", "")) {
          case "ns" -> 1e-9;
          case "us" -> 1e-6;
          case "ms" -> 1e-3;
          case "s" -> 1;
          case "min" -> 60;
          default -> throw new BenchException("a result has the unit '%s'".formatted(unit));
        };
    return throughput ? 1 / seconds : seconds * MICROS_PER_SECOND;
  }

  private static List<Double> samples(JsonValue metric, double factor) {
    List<Double> samples = new ArrayList<>();
    for (JsonValue fork : list(metric, "rawData")) {
      Json.items(fork).forEach(mean -> samples.add(Json.number(mean) * factor));
    }
    for (JsonValue fork : list(metric, "rawDataHistogram")) {
      Json.items(fork).forEach(histogram -> samples.add(mean(histogram) * factor));
    }
    samples.removeIf(sample -> Double.isNaN(sample));
    return List.copyOf(samples);
  }

  /** The mean of a histogram: a list of pairs of a value and its count. */
  private static double mean(JsonValue histogram) {
    double sum = 0;
    double count = 0;
    for (JsonValue pair : Json.items(histogram)) {
      List<JsonValue> both = Json.items(pair);
      if (both.size() == 2) {
        sum += Json.number(both.get(0)) * Json.number(both.get(1));
        count += Json.number(both.get(1));
      }
    }
    return sum / count;
  }

  private static List<JsonValue> list(JsonValue metric, String name) {
    return Json.get(metric, name).map(Json::items).orElse(List.of());
  }

  private static NavigableMap<Double, Double> percentiles(JsonValue metric, double factor) {
    NavigableMap<Double, Double> percentiles = new TreeMap<>();
    Json.get(metric, "scorePercentiles")
        .map(Json::members)
        .orElse(Map.of())
        .forEach((percent, value) ->
            percentiles.put(Double.valueOf(percent), Json.number(value) * factor));
    return percentiles;
  }

  private static double secondary(JsonValue entry, String name) {
    return Json.get(entry, "secondaryMetrics")
        .flatMap(all -> Json.get(all, name))
        .map(metric -> Json.number(metric, "score"))
        .orElse(Double.NaN);
  }

  /** Each process reports it. */
  private static double bytesPerEvent(JsonValue entry) {
    return Json.get(entry, "secondaryMetrics")
        .flatMap(all -> Json.get(all, "bytesPerEvent"))
        .map(metric -> samples(metric, 1))
        .filter(samples -> !samples.isEmpty())
        .map(List::getFirst)
        .filter(bytes -> bytes > 0)
        .orElse(Double.NaN);
  }

  /** Operations per second: of a time, those of threads that call again at once. */
  double perSecond() {
    return throughput ? score : subject.threads() * MICROS_PER_SECOND / score;
  }
}
