package io.tracestore.provider.clickhouse.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.clickhouse.Rollups;
import io.tracestore.provider.clickhouse.TestSettings;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.connect.ServerFailures;
import io.tracestore.provider.clickhouse.sql.Statements;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.TraceStore;
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
    return new Statements(database).text(ROLLUP.sums(query));
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

  /** The statement by which they were made before it was jOOQ's. */
  @Test
  void sumsOfAStoreOfThePreviousReleaseAnswerToo() {
    server.execute("CREATE TABLE " + records + "_before AS " + records);
    server.execute("ALTER TABLE " + records + "_before DROP PROJECTION metrics_by_hour");
    server.execute(
        """
        ALTER TABLE %s_before ADD PROJECTION metrics_by_hour (\
        WITH toUInt8(floor(log2(greatest(exec_ns, toUInt64(16))))) AS guess, \
        toUInt8(guess - (bitShiftLeft(toUInt64(1), guess) > greatest(exec_ns, toUInt64(16)))) AS lower, \
        toUInt8(lower + (lower < 62 AND bitShiftLeft(toUInt64(1), lower + 1) <= exec_ns)) AS log, \
        toUInt16(if(exec_ns < 16, exec_ns, \
        toUInt64((log - 3) * 16 + bitAnd(bitShiftRight(exec_ns, log - 4), 15)))) AS class \
        SELECT section, intDiv(toUnixTimestamp64Nano(ts), toInt64(3600000000000)) \
        - (toUnixTimestamp64Nano(ts) %% toInt64(3600000000000) < 0), flow_id, actor_id, event_type, \
        sum(toUInt128(exec_ns)), max(exec_ns), sum(toUInt128(msg_size)), sumMap(map(class, toUInt64(1))) \
        GROUP BY section, intDiv(toUnixTimestamp64Nano(ts), toInt64(3600000000000)) \
        - (toUnixTimestamp64Nano(ts) %% toInt64(3600000000000) < 0), flow_id, actor_id, event_type)\
        """
            .formatted(records));
    server.execute("INSERT INTO %1$s_before SELECT * FROM %1$s".formatted(records));
    assertThat(server.text("EXPLAIN " + statement(HOURS).replace(records, records + "_before")))
        .contains("ReadFromMergeTree (metrics_by_hour)");
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
    Server client = new Server(TestSettings.of(uri), new ServerFailures("test"));
    try (client) {
      Optional<List<EventMetrics>> answer = ROLLUP.eventMetrics(client, HOURS);
      assertThat(answer).isPresent();
      assertThat(answer.get()).extracting(EventMetrics::count).containsOnly(TRACES * 20L / 4);
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

  private static EventMetricsQuery within(@Nullable Instant from, @Nullable Instant to) {
    return EventMetricsQuery.builder().bucket(Duration.ofHours(2)).from(from).to(to).build();
  }
}
