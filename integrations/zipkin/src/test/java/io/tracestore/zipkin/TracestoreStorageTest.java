package io.tracestore.zipkin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import zipkin2.Endpoint;
import zipkin2.Span;
import zipkin2.storage.QueryRequest;

/** The storage's promises beyond Zipkin's contract. */
class TracestoreStorageTest {
  private static final Instant START = Instant.parse("2026-02-03T04:05:06Z");
  private static final Span SPAN =
      Span.newBuilder()
          .traceId("a1")
          .id("1")
          .name("get")
          .timestamp(START.toEpochMilli() * 1000)
          .duration(10)
          .localEndpoint(Endpoint.newBuilder().serviceName("shop").build())
          .build();

  private final TraceStore store = TraceStores.open("mem:");
  private final TracestoreStorage storage = TracestoreStorage.newBuilder(store).build();

  @AfterEach
  void close() {
    storage.close();
    store.close();
  }

  private static QueryRequest search(String service) {
    return QueryRequest.newBuilder()
        .serviceName(service)
        .endTs(START.toEpochMilli())
        .lookback(Duration.ofHours(1).toMillis())
        .limit(10)
        .build();
  }

  private void storeFlow() {
    TraceEvent started =
        TraceEvent.builder(TraceEventType.ACTOR_STARTED, "OrderService").timestamp(START).build();
    store.storeTrace(FlowTrace.builder("checkout").startTime(START).event(started).build());
  }

  @Test
  void a_flow_is_found_by_its_actors_which_zipkin_spells_in_lower_case() throws IOException {
    storeFlow();

    assertThat(storage.serviceAndSpanNames().getServiceNames().execute())
        .containsExactly("orderservice");
    assertThat(storage.spanStore().getTraces(search("OrderService")).execute())
        .singleElement()
        .satisfies(spans ->
            assertThat(spans)
                .extracting(Span::localServiceName)
                .containsExactlyInAnyOrder("checkout", "orderservice"));
  }

  @Test
  void a_trace_without_a_header_is_read_by_another_storage_of_the_store() throws IOException {
    storage.spanConsumer().accept(List.of(SPAN)).execute();

    TracestoreStorage other = TracestoreStorage.newBuilder(store).build();
    try {
      assertThat(other.traces().getTrace("a1").execute()).containsExactly(SPAN);
    } finally {
      other.close();
    }
  }

  @Test
  void a_close_stores_the_headers_of_running_traces() throws IOException {
    storage.spanConsumer().accept(List.of(SPAN)).execute();

    storage.close();

    assertThat(store.queryTraces(TraceQuery.ALL))
        .extracting(FlowTrace::flowId)
        .containsExactly("shop get");
  }

  @Test
  void the_check_fails_with_the_reason_when_the_store_does() {
    store.close();

    assertThat(storage.check().ok()).isFalse();
    assertThat(storage.check().error()).hasMessageContaining("closed");
  }

  @Test
  void a_store_that_is_full_counts_as_over_capacity() {
    assertThat(storage.isOverCapacity(new StoreCapacityException("full", null))).isTrue();
    assertThat(storage.isOverCapacity(new IllegalArgumentException("wrong"))).isFalse();
  }

  @Test
  void an_id_that_is_none_is_refused_before_the_call() {
    assertThatThrownBy(() -> storage.traces().getTrace("xyz"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hexadecimal");
  }
}
