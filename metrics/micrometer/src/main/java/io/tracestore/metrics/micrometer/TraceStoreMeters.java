package io.tracestore.metrics.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tracestore.spi.StorageMetrics;
import io.tracestore.spi.StorageMetrics.Distribution;
import io.tracestore.spi.StorageMetrics.Operations;
import io.tracestore.spi.TraceStore;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Shows the metrics of a {@link TraceStore}; all meters are tagged with {@code store}, its URI
 * without secrets. Values are at most a second old, and NaN once the store is closed.
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>meter</th><th>tags</th><th></th></tr>
 *   <tr><td>{@code tracestore.operations}</td><td>operation: write, read, query</td>
 *     <td>timer: count and total time of calls</td></tr>
 *   <tr><td>{@code tracestore.operations.latency}</td><td>operation; quantile: 0.5, 0.95, 0.99, 1</td>
 *     <td>time gauge, since the store was opened</td></tr>
 *   <tr><td>{@code tracestore.operations.errors}</td>
 *     <td>operation; kind: the exception's class, or other</td><td>counter</td></tr>
 *   <tr><td>{@code tracestore.batches}</td><td></td><td>counter of calls that store several</td></tr>
 *   <tr><td>{@code tracestore.batches.items}</td><td></td><td>counter of what they brought</td></tr>
 *   <tr><td>{@code tracestore.storage.size}</td><td></td><td>gauge in bytes; NaN if not known</td></tr>
 *   <tr><td>{@code tracestore.counter}</td><td>name</td><td>each of the store's counters</td></tr>
 *   <tr><td>{@code tracestore.gauge}</td><td>name</td><td>each of the store's gauges</td></tr>
 * </table>
 */
public final class TraceStoreMeters implements MeterBinder {
  private static final List<String> KINDS =
      List.of(
          "StoreUnavailableException",
          "StoreTimeoutException",
          "StoreCapacityException",
          "StoreConflictException",
          "StoreConfigurationException",
          "CorruptDataException",
          "BatchStoreException",
          "StoreClosedException");

  private static final Map<String, ToDoubleFunction<Distribution>> QUANTILES =
      Map.of(
          "0.5", Distribution::p50,
          "0.95", Distribution::p95,
          "0.99", Distribution::p99,
          "1", Distribution::max);

  private final TraceStore store;
  private final Snapshots snapshots;
  private final Tags tags;

  /** Meters for {@code store}. */
  public TraceStoreMeters(TraceStore store) {
    this.store = Objects.requireNonNull(store, "store");
    this.snapshots = new Snapshots(store);
    this.tags = Tags.of("store", store.toString());
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindOperations(registry, "write", StorageMetrics::write);
    bindOperations(registry, "read", StorageMetrics::read);
    bindOperations(registry, "query", StorageMetrics::query);
    counter(registry, "tracestore.batches", tags, metrics -> metrics.batches().count());
    counter(registry, "tracestore.batches.items", tags, metrics -> metrics.batches().total());
    Gauge.builder(
            "tracestore.storage.size",
            snapshots,
            all ->
                all.value(
                    metrics -> metrics.storageBytes() < 0 ? Double.NaN : metrics.storageBytes()))
        .tags(tags)
        .baseUnit("bytes")
        .strongReference(true)
        .register(registry);
    StorageMetrics now = store.metrics();
    now.counters()
        .keySet()
        .forEach(name ->
            counter(
                registry,
                "tracestore.counter",
                tags.and("name", name),
                metrics -> metrics.counters().getOrDefault(name, 0L)));
    now.gauges()
        .keySet()
        .forEach(name ->
            Gauge.builder(
                    "tracestore.gauge",
                    snapshots,
                    all -> all.value(metrics -> metrics.gauges().getOrDefault(name, 0L)))
                .tags(tags.and("name", name))
                .strongReference(true)
                .register(registry));
  }

  private void bindOperations(
      MeterRegistry registry, String operation, Function<StorageMetrics, Operations> of) {
    Tags tagged = tags.and("operation", operation);
    FunctionTimer.builder(
            "tracestore.operations",
            snapshots,
            all -> (long) all.value(metrics -> of.apply(metrics).count()),
            all -> all.value(metrics -> of.apply(metrics).totalNanos()),
            TimeUnit.NANOSECONDS)
        .tags(tagged)
        .register(registry);
    QUANTILES.forEach((quantile, value) ->
        TimeGauge.builder(
                "tracestore.operations.latency",
                snapshots,
                TimeUnit.NANOSECONDS,
                all -> all.value(metrics -> value.applyAsDouble(of.apply(metrics).nanos())))
            .tags(tagged.and("quantile", quantile))
            .strongReference(true)
            .register(registry));
    for (String kind : KINDS) {
      counter(
          registry,
          "tracestore.operations.errors",
          tagged.and("kind", kind),
          metrics -> of.apply(metrics).errorsByKind().getOrDefault(kind, 0L));
    }
    counter(
        registry,
        "tracestore.operations.errors",
        tagged.and("kind", "other"),
        metrics -> otherErrors(of.apply(metrics)));
  }

  private static long otherErrors(Operations operations) {
    return operations.errorsByKind().entrySet().stream()
        .filter(errors -> !KINDS.contains(errors.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void counter(
      MeterRegistry registry, String name, Tags tagged, ToDoubleFunction<StorageMetrics> value) {
    FunctionCounter.builder(name, snapshots, all -> all.value(value))
        .tags(tagged)
        .register(registry);
  }
}
