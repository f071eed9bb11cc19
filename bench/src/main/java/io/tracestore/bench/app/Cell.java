package io.tracestore.bench.app;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jmh.annotations.Mode;

/**
 * One thing to measure: what JMH runs with all parameters set.
 *
 * @param baseline whether of the engine alone, not of the store
 * @param operation the name of the benchmark's method
 * @param store the label of the store
 * @param events about how many events the store holds before
 * @param threads how many threads call
 * @param mode what is measured
 * @param params further parameters of the benchmark, by name
 */
record Cell(
    boolean baseline,
    String operation,
    String store,
    int events,
    int threads,
    Mode mode,
    Map<String, String> params) {
  Cell {
    params = Map.copyOf(params);
  }

  /** The benchmark's class, without its package. */
  String type() {
    return baseline ? "BaselineBenchmark" : "StoreBenchmark";
  }

  /** Such as {@code sqlite: storeTrace, 16 threads}, for people. */
  String title() {
    StringBuilder title = new StringBuilder(store);
    title.append(baseline ? " baseline " : " ").append(operation);
    new TreeMap<>(params).values().forEach(value -> title.append(' ').append(value));
    if (threads > 1) {
      title.append(", ").append(threads).append(" threads");
    }
    title.append(", ").append(Numbers.count(events)).append(" events");
    if (mode == Mode.Throughput) {
      title.append(", throughput");
    }
    return title.toString();
  }

  /** A name that no other cell has, fit for a file. */
  String key() {
    String all =
        new TreeMap<>(params)
            .entrySet().stream()
                .map(param -> "-" + param.getKey() + "-" + param.getValue())
                .collect(Collectors.joining());
    String text =
        "%s-%s-%s-%d-%d-%s%s"
            .formatted(type(), operation, store, events, threads, mode.shortLabel(), all);
    String safe = text.replaceAll("[^A-Za-z0-9-]", "_");
    // Two labels may differ only in what is not safe.
    return "%s-%08x".formatted(safe.substring(0, Math.min(150, safe.length())), text.hashCode());
  }
}
