package io.tracestore.metrics.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Meters show what the metrics of stores and writers say. */
class MetersTest {
  private final MeterRegistry registry = new SimpleMeterRegistry();

  @Test
  void callsErrorsAndSizesAreShown() {
    try (TraceStore store = TraceStores.open("mem:")) {
      FlowTrace trace = FlowTrace.builder("flow").build();
      store.storeTraces(List.of(trace, FlowTrace.builder("flow").build()));
      assertThatThrownBy(() -> store.storeTrace(trace.toBuilder().flowId("another").build()))
          .isInstanceOf(StoreConflictException.class);
      store.getTrace(trace.traceId());
      new TraceStoreMeters(store).bindTo(registry);

      assertThat(timerCount("write")).isEqualTo(2);
      assertThat(timerCount("read")).isEqualTo(1);
      assertThat(timerCount("query")).isEqualTo(0);
      assertThat(errors("StoreConflictException")).isEqualTo(1);
      assertThat(errors("StoreTimeoutException")).isEqualTo(0);
      assertThat(errors("other")).isEqualTo(0);
      assertThat(registry.get("tracestore.batches").functionCounter().count()).isEqualTo(1);
      assertThat(registry.get("tracestore.batches.items").functionCounter().count()).isEqualTo(2);
      assertThat(registry.get("tracestore.storage.size").gauge().value()).isPositive();
      assertThat(
              registry
                  .get("tracestore.counter")
                  .tag("name", "evictedTraces")
                  .functionCounter()
                  .count())
          .isEqualTo(0);
      assertThat(
              registry
                  .get("tracestore.operations.latency")
                  .tags("operation", "write", "quantile", "1", "store", "mem:")
                  .timeGauge()
                  .value(TimeUnit.NANOSECONDS))
          .isCloseTo(
              (double) store.metrics().write().maxNanos(), within(0.5)); // counted in seconds
    }
  }

  private double timerCount(String operation) {
    return registry
        .get("tracestore.operations")
        .tag("operation", operation)
        .functionTimer()
        .count();
  }

  private double errors(String kind) {
    return registry
        .get("tracestore.operations.errors")
        .tags("operation", "write", "kind", kind)
        .functionCounter()
        .count();
  }

  @Test
  void aWriterIsShown() {
    WriterListener none =
        new WriterListener() {
          @Override
          public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {}

          @Override
          public void eventsNotWritten(
              TraceId id, List<TraceEvent> events, TraceStoreException cause) {}
        };
    try (TraceStore store = TraceStores.open("mem:");
        TraceWriter writer = store.writer(WriterOptions.builder(none).build())) {
      new TraceWriterMeters(writer, "main").bindTo(registry);
      writer.write(FlowTrace.builder("flow").build());
      writer.flush();

      assertThat(
              registry
                  .get("tracestore.writer.items")
                  .tags("writer", "main", "outcome", "written")
                  .functionCounter()
                  .count())
          .isEqualTo(1);
      assertThat(registry.get("tracestore.writer.queued.items").gauge().value()).isZero();
    }
  }
}
