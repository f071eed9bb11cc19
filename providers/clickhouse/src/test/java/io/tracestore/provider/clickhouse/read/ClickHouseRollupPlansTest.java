package io.tracestore.provider.clickhouse.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.clickhouse.Rollups;
import io.tracestore.provider.clickhouse.TestSettings;
import io.tracestore.provider.clickhouse.connect.ClickHouseErrors;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.sql.Renderer;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Metrics from kept sums are answered from these, and not from the events. Lies in the provider's
 * package to see the statements that the store sends.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseRollupPlansTest {
  private static final int TRACES = 500;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final EventMetricsQuery HOURS =
      EventMetricsQuery.builder().bucket(Duration.ofHours(1)).build();

  private static final Rollup ROLLUP = new Rollup(Rollups.HOUR);

  private static ClickHouseEndpoint server;
  private static String uri;
  private static String database;
  private static String records;

  @BeforeAll
  static void fill() {
    server = ClickHouseServers.main();
    uri = server.newStoreUri("rollups=HOUR");
    database = ClickHouseEndpoint.databaseOf(uri);
    records = database + ".records";
    try (TraceStore store = TraceStores.open(uri)) {
      List<FlowTrace> traces =
          IntStream.range(0, TRACES).mapToObj(ClickHouseRollupPlansTest::trace).toList();
      store.storeTraces(traces);
    }
  }

  @AfterAll
  static void drop() {
    server.drop(uri);
  }

  private static FlowTrace trace(int number) {
    Instant start = START.plusSeconds(number);
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      events.add(
          TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor " + i % 4)
              .timestamp(start)
              .build());
    }
    return FlowTrace.builder("flow " + number % 2).startTime(start).events(events).build();
  }

  private static String plan(EventMetricsQuery query) {
    return server.text("EXPLAIN " + statement(query));
  }

  private static String statement(EventMetricsQuery query) {
    return new Renderer(database).text(ROLLUP.sums(query));
  }

  @Test
  void allEventsAreAnsweredFromTheSums() {
    assertThat(plan(HOURS)).contains("ReadFromMergeTree (metrics_by_hour)");
  }

  @Test
  void filteredOnesToo() {
    EventMetricsQuery filtered =
        EventMetricsQuery.builder()
            .bucket(Duration.ofHours(24))
            .flowId("flow 1")
            .actorId("actor 2")
            .eventType("ActorStarted")
            .from(START)
            .to(START.plus(Duration.ofHours(1)).minusNanos(1))
            .build();
    assertThat(plan(filtered)).contains("ReadFromMergeTree (metrics_by_hour)");
  }

  @Test
  void theSumsAreFewerThanTheEvents() {
    server.execute("OPTIMIZE TABLE " + records + " FINAL");
    String rows =
        server.text(
            "SELECT sum(rows) FROM system.projection_parts WHERE active AND database = '%s' AND table = 'records'"
                .formatted(ClickHouseEndpoint.databaseOf(uri)));
    // Of the events 2 flows of 4 actors, and the rows of traces and actors.
    assertThat(Integer.parseInt(rows)).isLessThan(20);
  }

  @Test
  void theyAreAnAnswerAsLongAsNoLongestTimeIsReplaced() {
    Server client = new Server(TestSettings.of(uri), new ClickHouseErrors("test"));
    try (client) {
      Optional<List<EventMetrics>> answer = ROLLUP.eventMetrics(client, HOURS);
      assertThat(answer).isPresent();
      assertThat(answer.get()).extracting(EventMetrics::events).containsOnly(TRACES * 20L / 4);
    }
  }

  @Test
  void stepsThatDoNotFitAreLeftToTheEvents() {
    assertThat(ROLLUP.covers(HOURS)).isTrue();
    assertThat(ROLLUP.covers(EventMetricsQuery.ALL)).isFalse();
    assertThat(ROLLUP.covers(within(START.plusNanos(1), null))).isFalse();
    assertThat(ROLLUP.covers(within(null, START))).isFalse();
    assertThat(ROLLUP.covers(within(START, START.plusSeconds(7_200).minusNanos(1)))).isTrue();
  }

  @Test
  void metricsOfWhichNoSumsAreKeptAreLeftToTheEvents() {
    assertThat(
            ROLLUP.covers(
                EventMetricsQuery.builder()
                    .bucket(Duration.ofHours(1))
                    .metrics(PerformanceMetric.QUEUE_DEPTH)
                    .build()))
        .isFalse();
  }

  private static EventMetricsQuery within(@Nullable Instant from, @Nullable Instant to) {
    return EventMetricsQuery.builder().bucket(Duration.ofHours(2)).from(from).to(to).build();
  }
}
