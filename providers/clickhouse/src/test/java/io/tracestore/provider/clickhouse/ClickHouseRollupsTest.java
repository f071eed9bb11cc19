package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.clickhouse.ClickHouseCluster;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Metrics from kept sums equal those of the events after all kinds of changes: 1% come twice, 5%
 * before or after their trace, some are stored again with other contents, traces are removed, and
 * merges come when they like.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseRollupsTest {
  private static final int TRACES = 400;
  private static final int EVENTS = 20;
  private static final Instant START = Instant.parse("2026-11-20T22:00:00Z");
  private static final List<TraceEventType> TYPES =
      List.of(
          TraceEventType.ACTOR_STARTED,
          TraceEventType.MESSAGE_SENT,
          TraceEventType.dataFlow("to", "port"));

  private final Random random = new Random(4);

  /** The expected content: the newest version of each event, by trace. */
  private final Map<TraceId, FlowTrace> headers = new LinkedHashMap<>();

  private final Map<TraceId, Map<EventId, TraceEvent>> events = new LinkedHashMap<>();
  private String uri;

  @BeforeEach
  void newDatabase() {
    uri = ClickHouseServers.main().newStoreUri("");
  }

  @AfterEach
  void dropDatabase() {
    ClickHouseServers.main().drop(uri);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MINUTE", "HOUR"})
  void sumsAreThoseOfTheEvents(String rollups) {
    try (TraceStore store = TraceStores.open(uri, Map.of("rollups", rollups))) {
      assertExactThroughout(
          store,
          () ->
              ClickHouseServers.main()
                  .execute(
                      "OPTIMIZE TABLE " + ClickHouseEndpoint.databaseOf(uri) + ".records FINAL"));
    }
  }

  @Test
  @ExtendWith(ClickHouseNeeds.Cluster.class)
  void sumsAreThoseOfTheEventsOnACluster() {
    ClickHouseCluster cluster = ClickHouseCluster.main();
    String onCluster = cluster.newStoreUri();
    try (TraceStore store = TraceStores.open(onCluster, Map.of("rollups", "HOUR"))) {
      assertExactThroughout(store, () -> cluster.merge(onCluster));
    } finally {
      cluster.drop(onCluster);
    }
  }

  private void assertExactThroughout(TraceStore store, Runnable merge) {
    storeAll(store);
    assertExact(store);
    storeSomeAgain(store);
    assertExact(store);
    merge.run();
    assertExact(store);
    replaceSome(store);
    assertExact(store);
    merge.run();
    assertExact(store);
    removeSome(store);
    assertExact(store);
    merge.run();
    assertExact(store);
  }

  @ParameterizedTest
  @ValueSource(strings = {"MINUTE", "HOUR"})
  void eventsStoredBeforeTheRollupsAreInThem(String rollups) {
    try (TraceStore before = TraceStores.open(uri)) {
      storeAll(before);
      replaceSome(before);
    }
    try (TraceStore store = TraceStores.open(uri, Map.of("rollups", rollups))) {
      assertExact(store);
    }
  }

  private void assertExact(TraceStore store) {
    for (EventMetricsQuery query : queries()) {
      EventMetricsCollector expected = new EventMetricsCollector(query);
      events.forEach((id, ofTrace) -> {
        FlowTrace header = headers.get(id);
        if (query.flowId() == null || (header != null && header.flowId().equals(query.flowId()))) {
          ofTrace.values().forEach(expected::add);
        }
      });
      assertThat(store.eventMetrics(query))
          .as("%s", query)
          .isEqualTo(expected.result().stream().sorted(EventMetrics.ORDER).toList());
    }
  }

  private static List<EventMetricsQuery> queries() {
    EventMetricsQuery.Builder hours = EventMetricsQuery.builder().bucket(Duration.ofHours(1));
    Instant end = START.plus(Duration.ofHours(3)).minusNanos(1);
    return List.of(
        EventMetricsQuery.ALL,
        hours.build(),
        EventMetricsQuery.builder().bucket(Duration.ofDays(7)).build(),
        EventMetricsQuery.builder().bucket(Duration.ofHours(5)).flowId("flow 1").build(),
        EventMetricsQuery.builder().bucket(Duration.ofHours(2)).actorId("actor 2").build(),
        EventMetricsQuery.builder().flowId("flow 2").eventType("MessageSent").build(),
        EventMetricsQuery.builder().flowId("").build(),
        EventMetricsQuery.builder()
            .bucket(Duration.ofHours(1))
            .metrics(PerformanceMetric.values())
            .build(),
        EventMetricsQuery.builder().bucket(Duration.ofHours(1)).from(START).to(end).build(),
        EventMetricsQuery.builder().from(START.plusSeconds(1)).build(),
        EventMetricsQuery.builder().bucket(Duration.ofHours(1)).to(end.minusNanos(7)).build());
  }

  private void storeAll(TraceStore store) {
    List<FlowTrace> whole = new ArrayList<>();
    for (int number = 0; number < TRACES; number++) {
      FlowTrace trace = trace(number);
      if (number % 20 == 0) {
        // Half of its events come before it.
        storeEvents(store, trace.traceId(), trace.events().subList(0, EVENTS / 2));
      }
      whole.add(number % 20 == 1 ? trace.withEvents(trace.events().subList(0, 10)) : trace);
      remember(trace);
      if (number % 50 == 3) {
        whole.add(trace);
      }
    }
    store.storeTraces(whole);
    for (int number = 1; number < TRACES; number += 20) {
      FlowTrace trace = header(number);
      storeEvents(store, trace.traceId(), trace.events().subList(10, EVENTS));
    }
    // Events without a trace.
    storeEvents(store, traceId(TRACES), trace(TRACES).events());
  }

  private FlowTrace header(int number) {
    return Objects.requireNonNull(headers.get(traceId(number)));
  }

  private void remember(FlowTrace trace) {
    headers.put(trace.traceId(), trace);
    trace.events().forEach(event -> remember(trace.traceId(), event));
  }

  private void remember(TraceId id, TraceEvent event) {
    events.computeIfAbsent(id, unknown -> new LinkedHashMap<>()).put(event.eventId(), event);
  }

  private void storeEvents(TraceStore store, TraceId id, List<TraceEvent> some) {
    store.storeEvents(id, some);
    some.forEach(event -> remember(id, event));
  }

  private void storeSomeAgain(TraceStore store) {
    for (int number = 0; number < TRACES; number += 100) {
      store.storeTrace(header(number));
    }
  }

  /** With other times, actors, types and sizes; the longest of all and the shortest among them. */
  private void replaceSome(TraceStore store) {
    for (int number = 0; number <= TRACES; number += 40) {
      TraceId id = traceId(number);
      List<TraceEvent> changed = new ArrayList<>();
      for (TraceEvent event : Objects.requireNonNull(events.get(id)).values()) {
        if (event.eventId().value().getLeastSignificantBits() % 7 == 0) {
          changed.add(changed(event));
        }
      }
      storeEvents(store, id, changed);
      storeEvents(store, id, changed.stream().map(this::changed).toList());
    }
    longest().forEach(one -> storeEvents(store, one.trace, List.of(timed(one.event, 3))));
  }

  private record Placed(TraceId trace, TraceEvent event) {
    long time() {
      return event.data().performanceMetrics().executionTimeNs().orElse(0);
    }
  }

  /** The event with the longest time of each actor. */
  private List<Placed> longest() {
    Map<String, Placed> longest = new LinkedHashMap<>();
    events.forEach((id, ofTrace) ->
        ofTrace
            .values()
            .forEach(event ->
                longest.merge(
                    event.actorId(),
                    new Placed(id, event),
                    (a, b) -> a.time() >= b.time() ? a : b)));
    return List.copyOf(longest.values());
  }

  private TraceEvent changed(TraceEvent event) {
    return switch (random.nextInt(4)) {
      case 0 -> timed(event, random.nextInt(2_000_000));
      case 1 -> event.toBuilder().actorId("actor 9").build();
      case 2 -> event.toBuilder().timestamp(event.timestamp().plusSeconds(5_000)).build();
      default -> event.toBuilder().eventType(TraceEventType.MESSAGE_RECEIVED).build();
    };
  }

  private static TraceEvent timed(TraceEvent event, long nanos) {
    return event.toBuilder().data(TraceEventData.builder().executionTimeNs(nanos).build()).build();
  }

  private void removeSome(TraceStore store) {
    for (int number = 5; number < TRACES; number += 97) {
      assertThat(store.deleteTrace(traceId(number))).isTrue();
      headers.remove(traceId(number));
      events.remove(traceId(number));
    }
    Instant cutoff = START.plusSeconds(600);
    store.purgeBefore(cutoff);
    List<TraceId> old =
        headers.values().stream()
            .filter(trace -> trace.startTime().isBefore(cutoff))
            .map(FlowTrace::traceId)
            .toList();
    assertThat(old).isNotEmpty();
    old.forEach(headers::remove);
    old.forEach(events::remove);
  }

  private static TraceId traceId(int number) {
    return new TraceId(new UUID(number, 7));
  }

  private FlowTrace trace(int number) {
    // Over midnight, so over two partitions.
    Instant start = START.plusSeconds(30L * number);
    return FlowTrace.builder("flow " + number % 3)
        .traceId(traceId(number))
        .startTime(start)
        .status(ExecutionStatus.completed())
        .endTime(start.plusSeconds(60))
        .events(IntStream.range(0, EVENTS).mapToObj(i -> event(number, i, start)).toList())
        .build();
  }

  private TraceEvent event(int trace, int number, Instant start) {
    TraceEventData.Builder data = TraceEventData.builder();
    if (number % 3 > 0) {
      long value = random.nextLong(1L << random.nextInt(1, 50));
      data.performanceMetrics(PerformanceMetrics.of(value, value, number, number, value / 7.0));
    }
    if (number % 4 == 0) {
      data.message(MessageSnapshot.of("type", Bytes.of(new byte[random.nextInt(100)])));
    }
    return TraceEvent.builder(TYPES.get(number % TYPES.size()), "actor " + number % 5)
        .eventId(new EventId(new UUID(trace, number)))
        .timestamp(start.plusSeconds(number * 10L))
        .data(data.build())
        .build();
  }
}
