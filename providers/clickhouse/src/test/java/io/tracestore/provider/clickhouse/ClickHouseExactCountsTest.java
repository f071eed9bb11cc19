package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Counts are exact although events come twice or late: of all events 1% are stored again, and 5%
 * come before or after their trace. The property {@value #EVENTS_PROPERTY} sets the number of
 * events, 20,000 by default.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseExactCountsTest {
  private static final String EVENTS_PROPERTY = "tracestore.clickhouse.events";
  private static final int EVENTS_PER_TRACE = 20;
  private static final int BATCH = 1_000;

  @ParameterizedTest
  @EnumSource(names = {"NONE", "HOUR"})
  void repeatedAndLateEventsCountOnce(Rollups rollups) {
    long events = Long.getLong(EVENTS_PROPERTY, 20_000);
    long traces = events / EVENTS_PER_TRACE;
    String uri = ClickHouseServers.main().newStoreUri("");
    try (TraceStore store = TraceStores.open(uri, Map.of("rollups", rollups.name()))) {
      for (long from = 0; from < traces; from += BATCH) {
        store(store, from, Math.min(traces, from + BATCH));
      }
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(traces);
      assertThat(store.count(TraceQuery.builder().actor("actor 3").build())).isEqualTo(traces);
      EventMetricsQuery all = EventMetricsQuery.builder().bucket(Duration.ofDays(10_000)).build();
      assertThat(store.eventMetrics(all))
          .extracting(EventMetrics::actorId, EventMetrics::events)
          .containsExactlyInAnyOrderElementsOf(
              LongStream.range(0, 4)
                  .mapToObj(
                      actor -> org.assertj.core.groups.Tuple.tuple("actor " + actor, events / 4))
                  .toList());
      assertThat(store.getTrace(ClickHouseSamples.traceId(traces - 1)))
          .contains(ClickHouseSamples.trace(traces - 1, EVENTS_PER_TRACE));
    } finally {
      ClickHouseServers.main().drop(uri);
    }
  }

  private static void store(TraceStore store, long from, long to) {
    List<FlowTrace> whole = new ArrayList<>();
    List<FlowTrace> again = new ArrayList<>();
    for (long number = from; number < to; number++) {
      FlowTrace trace = ClickHouseSamples.trace(number, EVENTS_PER_TRACE);
      whole.add(number % 10 == 0 ? trace.withEvents(trace.events().subList(0, 10)) : trace);
      if (number % 100 == 1) {
        again.add(trace);
      }
      if (number % 20 == 0) {
        // Half of the late events are early: their trace is stored after them.
        store.storeEvents(trace.traceId(), late(trace));
      }
    }
    store.storeTraces(whole);
    store.storeTraces(again);
    for (long number = from; number < to; number += 10) {
      if (number % 20 != 0) {
        FlowTrace trace = ClickHouseSamples.trace(number, EVENTS_PER_TRACE);
        store.storeEvents(trace.traceId(), late(trace));
      }
    }
  }

  private static List<TraceEvent> late(FlowTrace trace) {
    return trace.events().subList(10, EVENTS_PER_TRACE);
  }
}
