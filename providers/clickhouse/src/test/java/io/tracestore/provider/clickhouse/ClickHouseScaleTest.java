package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Calls on a store of many traces with random ids, which the server itself makes: none may read
 * everything, nor need memory for everything. How many events: {@value #EVENTS_PROPERTY}, 1,000,000
 * by default, over 30 days; the memory of a query is as much smaller than its default as the store
 * is than 20,000,000.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseScaleTest {
  private static final String EVENTS_PROPERTY = "tracestore.clickhouse.scale";
  private static final long EVENTS = Long.getLong(EVENTS_PROPERTY, 1_000_000);
  private static final long TRACES = EVENTS / 20;
  private static final int DAYS = 30;
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  private static final Instant END = START.plusSeconds(DAYS * 86_400L);

  /** The rows that a block of new traces may read in addition to those that it names. */
  private static final long LET_THROUGH = 40 * 1_024;

  private static String uri;
  private static SummaryProxy proxy;
  private static TraceStore store;

  @BeforeAll
  static void fill() throws IOException {
    ClickHouseEndpoint server = ClickHouseServers.main();
    uri = server.newStoreUri("");
    String database = ClickHouseEndpoint.databaseOf(uri);
    proxy = new SummaryProxy(server);
    long memory = Math.max(50_000_000, 1_000_000_000 / 20_000_000 * EVENTS);
    store = TraceStores.open(proxy.endpoint().uri(database, "maxMemoryUsage=" + memory));
    String trace = "toFixedString(sipHash128(toUInt64(number %% %d)), 16)".formatted(TRACES);
    String start =
        "(%d + toInt64(number %% %d) * %d)"
            .formatted(
                START.getEpochSecond() * 1_000_000_000L,
                TRACES,
                DAYS * 86_400L * 1_000_000_000L / TRACES);
    String common =
        "%s AS trace_id, toUInt64(1) AS rev, toInt32(intDiv(%s, 86400000000000)) AS day, fromUnixTimestamp64Nano(%s, 'UTC') AS started"
            .formatted(trace, start, start);
    server.execute(
        "INSERT INTO %s.records (section, age, trace_id, rev, day, started) SELECT 'time', bitNot(%s), %s FROM numbers(%d) SETTINGS max_partitions_per_insert_block = 0"
            .formatted(database, start, common, TRACES),
        // Each second event receives what the one before it has sent.
        """
        INSERT INTO %s.records (section, trace_id, rev, day, started, ids, ts, event_type, actor_id, flags) \
        SELECT 'trace', %s, if(number %% (2 * %d) < %d, [own], [own, parent]), \
        fromUnixTimestamp64Nano(%s + toInt64(intDiv(number, %d)), 'UTC'), \
        if(number %% (2 * %d) < %d, 'MessageSent', 'MessageReceived'), \
        concat('actor ', toString(number %% 7)), if(number %% (2 * %d) < %d, 0, 1) \
        FROM (SELECT number, toFixedString(sipHash128(number, 1), 16) AS own, \
        toFixedString(sipHash128(toUInt64(number - %d), 1), 16) AS parent FROM numbers(%d)) \
        SETTINGS max_partitions_per_insert_block = 0\
        """
            .formatted(
                database, common, TRACES, TRACES, start, TRACES, TRACES, TRACES, TRACES, TRACES,
                TRACES, EVENTS));
    server.execute("OPTIMIZE TABLE " + database + ".records FINAL");
  }

  @AfterAll
  static void drop() {
    if (store != null) {
      store.close();
    }
    if (proxy != null) {
      proxy.close();
    }
    if (uri != null) {
      ClickHouseServers.main().drop(uri);
    }
  }

  private static long rowsOf(Runnable work) {
    return proxy.rowsReadBy(work).stream().mapToLong(Long::longValue).sum();
  }

  /** New traces that start long after the others, where no other test looks. */
  private static List<FlowTrace> newTraces(int count, boolean random) {
    return IntStream.range(0, count)
        .mapToObj(i ->
            FlowTrace.builder("new")
                .traceId(new TraceId(random ? UUID.randomUUID() : new UUID(-1L, i)))
                .startTime(END.plusSeconds(10L * 86_400).plusMillis(i))
                .build())
        .toList();
  }

  @Test
  void aBlockWithRandomIdsReadsAboutAsMuchAsOneWithOrderedIds() {
    long ordered = rowsOf(() -> store.storeTraces(newTraces(500, false)));
    long random = rowsOf(() -> store.storeTraces(newTraces(500, true)));
    assertThat(random).isLessThanOrEqualTo(2 * ordered + LET_THROUGH).isLessThan(EVENTS / 5);
  }

  @Test
  void theGraphOfAFewMinutesNeedsMemoryForTheseAlone() {
    Instant from = END.minusSeconds(600);
    assertThat(store.actorGraph(ActorGraphQuery.builder().from(from).to(END).build())).isNotEmpty();
  }

  @Test
  void theGraphOfAllTimeFitsIntoTheMemoryOfAQuery() {
    List<ActorEdge> graph = store.actorGraph(ActorGraphQuery.ALL);
    // All that was sent was received, from each of seven actors by one.
    assertThat(graph).hasSize(7);
    long received =
        store
            .eventMetrics(
                EventMetricsQuery.builder()
                    .bucket(Duration.ofDays(1))
                    .eventType("MessageReceived")
                    .build())
            .stream()
            .mapToLong(EventMetrics::events)
            .sum();
    assertThat(graph.stream().mapToLong(ActorEdge::count).sum()).isEqualTo(received);
  }

  @Test
  void metricsAndGraphOfTracesOfWhichHalfHaveRepeatedEventsFitIntoTheMemoryOfAQuery() {
    EventMetricsQuery byDay = EventMetricsQuery.builder().bucket(Duration.ofDays(1)).build();
    List<EventMetrics> metrics = store.eventMetrics(byDay);
    List<ActorEdge> graph = store.actorGraph(ActorGraphQuery.ALL);
    String records = ClickHouseEndpoint.databaseOf(uri) + ".records";
    ClickHouseServers.main()
        .execute(
            "INSERT INTO %1$s (section, trace_id, rev, day, started) SELECT 'repeated', trace_id, 1, day, started FROM %1$s WHERE section = 'time' AND sipHash64(trace_id) %% 2 = 0 SETTINGS max_partitions_per_insert_block = 0"
                .formatted(records));
    try {
      assertThat(store.eventMetrics(byDay)).containsExactlyInAnyOrderElementsOf(metrics);
      assertThat(store.actorGraph(ActorGraphQuery.ALL)).containsExactlyInAnyOrderElementsOf(graph);
    } finally {
      ClickHouseServers.main()
          .execute(
              "ALTER TABLE %s DELETE WHERE section = 'repeated' SETTINGS mutations_sync = 2"
                  .formatted(records));
    }
  }

  @Test
  void metricsOfAFewMinutesReadTheirDay() {
    EventMetricsQuery query =
        EventMetricsQuery.builder().from(END.minusSeconds(300)).to(END).build();
    long rows = rowsOf(() -> assertThat(store.eventMetrics(query)).isNotEmpty());
    assertThat(rows).isLessThan(3 * EVENTS / DAYS);
  }

  @Test
  void aPurgeOfTheFirstDaysNeedsNoSetOfAllTraces() {
    long removed = store.purgeBefore(START.plusSeconds(2 * 86_400L));
    assertThat(removed).isBetween(TRACES / DAYS, 3 * TRACES / DAYS);
    assertThat(
            store.count(TraceQuery.builder().startedTo(START.plusSeconds(2 * 86_400L - 1)).build()))
        .isZero();
  }
}
