package io.tracestore.metrics.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterMetrics;
import java.util.Objects;
import java.util.function.ToLongFunction;

/**
 * Shows the metrics of a {@link TraceWriter}: gauges {@code tracestore.writer.queued.items} and
 * {@code tracestore.writer.queued.bytes}; counters {@code tracestore.writer.items}, tagged with
 * {@code outcome}: written, lost or dropped; {@code tracestore.writer.batches} and {@code
 * tracestore.writer.retries}. All are tagged with {@code writer}, a name.
 */
public final class TraceWriterMeters implements MeterBinder {
  private final TraceWriter writer;
  private final Tags tags;

  /**
   * Meters for {@code writer}.
   *
   * @param name tells it from other writers
   */
  public TraceWriterMeters(TraceWriter writer, String name) {
    this.writer = Objects.requireNonNull(writer, "writer");
    this.tags = Tags.of("writer", Objects.requireNonNull(name, "name"));
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    gauge(registry, "tracestore.writer.queued.items", WriterMetrics::queuedItems);
    gauge(registry, "tracestore.writer.queued.bytes", WriterMetrics::queuedBytes);
    items(registry, "written", WriterMetrics::writtenItems);
    items(registry, "lost", WriterMetrics::lostItems);
    items(registry, "dropped", WriterMetrics::droppedItems);
    counter(registry, "tracestore.writer.batches", tags, WriterMetrics::batches);
    counter(registry, "tracestore.writer.retries", tags, WriterMetrics::retries);
  }

  private void gauge(MeterRegistry registry, String name, ToLongFunction<WriterMetrics> value) {
    Gauge.builder(name, writer, it -> value.applyAsLong(it.metrics()))
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void items(MeterRegistry registry, String outcome, ToLongFunction<WriterMetrics> value) {
    counter(registry, "tracestore.writer.items", tags.and("outcome", outcome), value);
  }

  private void counter(
      MeterRegistry registry, String name, Tags tagged, ToLongFunction<WriterMetrics> value) {
    FunctionCounter.builder(name, writer, it -> value.applyAsLong(it.metrics()))
        .tags(tagged)
        .register(registry);
  }
}
