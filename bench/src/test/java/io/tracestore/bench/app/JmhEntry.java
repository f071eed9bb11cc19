package io.tracestore.bench.app;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.JsonValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An entry of JMH's JSON, as JMH 1.37 writes it. */
final class JmhEntry {
  private final String benchmark;
  private final String mode;
  private final Map<String, String> params = new TreeMap<>();
  private final List<Double> means;
  private final Map<String, Double> secondary = new TreeMap<>();
  private final Map<String, List<Double>> ratios = new TreeMap<>();
  private int threads = 1;

  private JmhEntry(String type, String operation, String mode, List<Double> means) {
    this.benchmark = "io.tracestore.bench." + type + "." + operation;
    this.mode = mode;
    this.means = means;
  }

  /** An entry of sampled microseconds, with one mean for each iteration. */
  static JmhEntry sample(String operation, Double... means) {
    return new JmhEntry("Store", operation, "sample", List.of(means));
  }

  static JmhEntry throughput(String operation, Double... means) {
    return new JmhEntry("Store", operation, "thrpt", List.of(means));
  }

  static JmhEntry baseline(String operation, Double... means) {
    return new JmhEntry("Baseline", operation, "sample", List.of(means));
  }

  static JmhEntry open(double micros, double bytesPerEvent) {
    JmhEntry entry = new JmhEntry("Store", "open", "ss", List.of(micros));
    entry.secondary.put("bytesPerEvent", bytesPerEvent);
    return entry;
  }

  JmhEntry of(String uri, int events) {
    params.put("uri", uri);
    params.put("events", String.valueOf(events));
    return this;
  }

  /** With the ratios of pairs of rounds. */
  JmhEntry ratio(String peer, Double... values) {
    ratios.put(Entries.RATIO + peer, List.of(values));
    return this;
  }

  /** With such of rounds that never agreed. */
  JmhEntry unsteadyRatio(String peer, Double... values) {
    ratios.put(Entries.UNSTEADY_RATIO + peer, List.of(values));
    return this;
  }

  JmhEntry param(String name, String value) {
    params.put(name, value);
    return this;
  }

  JmhEntry threads(int count) {
    threads = count;
    return this;
  }

  private boolean isSample() {
    return mode.equals("sample");
  }

  JsonValue toJson() {
    double mean = means.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    Map<String, Object> metric = new LinkedHashMap<>();
    metric.put("score", mean);
    metric.put("scoreError", "NaN");
    metric.put("scoreUnit", mode.equals("thrpt") ? "ops/s" : "us/op");
    metric.put(
        "scorePercentiles",
        Map.of(
            "50.0", mean, "90.0", mean * 2, "95.0", mean * 3, "99.0", mean * 4, "99.9", mean * 5,
            "100.0", mean * 6));
    metric.put(
        isSample() ? "rawDataHistogram" : "rawData",
        List.of(
            isSample() ? means.stream().map(value -> List.of(List.of(value, 1))).toList() : means));
    Map<String, Object> others = new LinkedHashMap<>();
    secondary.forEach((name, value) ->
        others.put(
            name, Map.of("score", value * 3, "rawData", List.of(List.of(value, value, value)))));
    ratios.forEach((name, values) -> others.put(name, Map.of("rawData", List.of(values))));
    others.put("gc.alloc.rate.norm", Map.of("score", 1234.5));
    return JsonValue.from(
        Map.of(
            "benchmark", benchmark,
            "mode", mode,
            "threads", threads,
            "forks", 1,
            "params", params,
            "primaryMetric", metric,
            "secondaryMetrics", others));
  }

  static JsonValue array(JmhEntry... entries) {
    return JsonValue.from(List.of(entries).stream().map(JmhEntry::toJson).toList());
  }

  static List<Measurement> measurements(JmhEntry... entries) {
    return Measurement.ofJson(array(entries));
  }

  static String text(JmhEntry... entries) {
    return ReflowJson.write(array(entries));
  }

  /** A small run of two stores, with a name that a page must not take for markup. */
  static JmhEntry[] run() {
    String odd = "sqlite:</script><b>\"x\"&.db";
    return new JmhEntry[] {
      sample("storeTrace", 10.0, 11.0, 12.0)
          .of("mem:", 10_000)
          .ratio("Zipkin's InMemoryStorage", 2.0, 2.0, 2.0, 2.0, 2.0, 2.0),
      sample("storeTrace", 40.0, 41.0, 42.0).of("mem:", 10_000).threads(16),
      sample("getTraceCold", 1.0, 1.0, 1.0).of("mem:", 10_000),
      sample("getTraceCold", 1.5, 1.5, 1.5).of("mem:", 100_000),
      sample("queryTraces", 20.0, 21.0).of("mem:", 10_000).param("filter", "FLOW"),
      sample("eventMetrics", 2000.0, 2100.0).of("mem:", 10_000),
      baseline("storeTrace", 20.0, 20.0).of("mem:", 10_000),
      open(100, 900).of("mem:", 10_000),
      sample("storeTrace", 200.0, 210.0).of(odd, 10_000),
      sample("storeTrace", 1000.0, 1100.0).of(odd, 10_000).threads(16),
      sample("getTraceCold", 50.0, 51.0).of(odd, 10_000),
      sample("getTraceCold", 60.0, 61.0).of(odd, 100_000),
      sample("queryTraces", 300.0, 310.0).of(odd, 10_000).param("filter", "FLOW"),
      sample("eventMetrics", 9000.0, 9100.0).of(odd, 10_000),
      open(5000, 250).of(odd, 10_000)
    };
  }
}
