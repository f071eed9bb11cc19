package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import io.tracestore.TraceStores;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server reads a bounded number of rows for an answer, and an event takes bounded space on its
 * disk. The property {@value #EVENTS_PROPERTY} sets the number of events, 200,000 by default; 20 in
 * a trace, over 7 days, 50 flows and 40 actors.
 */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseRowsReadTest {
  private static final String EVENTS_PROPERTY = "tracestore.clickhouse.events";
  private static final int EVENTS_PER_TRACE = 20;
  private static final int BATCH = 1_000;
  private static final int DAYS = 7;
  private static final int PAGE = 20;

  /** So many traces have data that the others have not. */
  private static final int RARE = 20;

  /** Rows between two marks of the table's index, and the rows of one page more. */
  private static final long GRANULE = 1_024 + PAGE;

  /** The newest traces are looked for in every partition, a few times. */
  private static final long SEARCHES = 4 * DAYS * GRANULE;

  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  private static final TraceEventType[] TYPES = {
    TraceEventType.ACTOR_STARTED, TraceEventType.MESSAGE_SENT, TraceEventType.MESSAGE_RECEIVED
  };

  private static String uri;
  private static SummaryProxy proxy;
  private static TraceStore store;
  private static long traces;
  private static TraceId one;

  @BeforeAll
  static void fill() throws IOException {
    ClickHouseEndpoint server = ClickHouseServers.main();
    uri = server.newStoreUri("");
    proxy = new SummaryProxy(server);
    store =
        TraceStores.open(
            proxy.endpoint().uri(ClickHouseEndpoint.databaseOf(uri), "indexedAttributes=order.id"));
    traces = Long.getLong(EVENTS_PROPERTY, 200_000) / EVENTS_PER_TRACE;
    Random random = new Random(42);
    TraceId last = TraceId.random();
    for (long from = 0; from < traces; from += BATCH) {
      List<FlowTrace> batch = new ArrayList<>(BATCH);
      for (long number = from; number < Math.min(traces, from + BATCH); number++) {
        batch.add(trace(random, number));
      }
      store.storeTraces(batch);
      last = batch.getLast().traceId();
    }
    one = last;
    server.execute("OPTIMIZE TABLE " + ClickHouseEndpoint.databaseOf(uri) + ".records FINAL");
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

  /** Traces come in the order of their start, evenly over the days, and take eight actors each. */
  private static FlowTrace trace(Random random, long number) {
    Instant start = START.plusNanos(number * (Duration.ofDays(DAYS).toNanos() / traces));
    int firstActor = random.nextInt(40);
    List<TraceEvent> events = new ArrayList<>(EVENTS_PER_TRACE);
    for (int i = 0; i < EVENTS_PER_TRACE; i++) {
      EventId id = new EventId(id(random, start));
      events.add(
          TraceEvent.builder(
                  TYPES[i % TYPES.length], "actor-" + (firstActor + random.nextInt(8)) % 40)
              .eventId(id)
              .timestamp(start.plusNanos(1_000_000L * i + random.nextInt(1_000_000)))
              .data(
                  TraceEventData.builder()
                      .port("out")
                      .performanceMetrics(
                          PerformanceMetrics.of(
                              random.nextInt(5_000_000), 1 << 20, 12.5f, i, 350.25))
                      .attribute("url", "/api/items/" + random.nextInt(10_000))
                      .attribute("status", 200)
                      .build())
              .causality(
                  new CausalityInfo(
                      i == 0 ? null : events.get(random.nextInt(i)).eventId(),
                      i == 0 ? id : events.getFirst().eventId(),
                      List.of(),
                      Long.toHexString(random.nextLong())))
              .build());
    }
    if (number % (traces / RARE) == 0) {
      TraceEventData data =
          TraceEventData.builder()
              .port("rare")
              .error("refused")
              .attribute("order.id", 4711)
              .build();
      events.set(0, events.getFirst().toBuilder().data(data).build());
    }
    return FlowTrace.builder("flow-" + random.nextInt(50))
        .traceId(new TraceId(id(random, start)))
        .startTime(start)
        .endTime(start.plusMillis(duration(random, number)))
        .status(ExecutionStatus.completed())
        .events(events)
        .build();
  }

  private static int duration(Random random, long number) {
    int usual = 10 + random.nextInt(3_000);
    return number % (traces / RARE) == 1
        ? usual % 10
        : number % (traces / RARE) == 2 ? 10_000 + usual : usual;
  }

  /** Ordered by time, as version 7 of UUIDs (RFC 9562) is. */
  private static UUID id(Random random, Instant time) {
    return new UUID(
        time.toEpochMilli() << 16 | 0x7000 | random.nextInt(0x1000),
        random.nextLong() >>> 2 | Long.MIN_VALUE);
  }

  private static TraceQuery.Builder newest() {
    return TraceQuery.builder().limit(PAGE).withEvents(false);
  }

  /** For each request that the query takes. */
  private static List<Long> rowsOf(TraceQuery.Builder query) {
    return proxy.rowsReadBy(() -> assertThat(store.queryTraces(query.build())).hasSize(PAGE));
  }

  private static TraceQuery.Builder newestOfDay() {
    Instant day = START.plus(Duration.ofDays(3));
    return newest().startedFrom(day).startedTo(day.plus(Duration.ofDays(1)).minusNanos(1));
  }

  @Test
  void aTraceByItsIdTakesAFewGranules() {
    List<Long> rows = proxy.rowsReadBy(() -> assertThat(store.getTrace(one)).isPresent());
    assertThat(rows).singleElement(LONG).isLessThanOrEqualTo(4_096);
  }

  @Test
  void thatThereIsNoSuchTraceTakesAFewGranules() {
    TraceId none = new TraceId(new UUID(one.value().getMostSignificantBits(), 0));
    List<Long> rows = proxy.rowsReadBy(() -> assertThat(store.getTrace(none)).isEmpty());
    assertThat(rows).singleElement(LONG).isLessThanOrEqualTo(4_096);
  }

  @Test
  void theNewestHeadersOfAFlowTakeAGranuleForEachDay() {
    assertThat(rowsOf(newest().flowId("flow-7")))
        .singleElement(LONG)
        .isLessThanOrEqualTo(DAYS * GRANULE);
  }

  @Test
  void theNewestHeadersOfAllFlowsTakeAGranuleForEachDay() {
    assertThat(rowsOf(newest())).singleElement(LONG).isLessThanOrEqualTo(DAYS * GRANULE);
  }

  @Test
  void theNewestHeadersOfADayTakeAGranule() {
    assertThat(rowsOf(newestOfDay())).singleElement(LONG).isLessThanOrEqualTo(GRANULE);
  }

  @Test
  void theNewestWithAnActorOnADayAreFoundInAGranule() {
    assertThat(rowsOf(newestOfDay().actor("actor-7"))).first(LONG).isLessThanOrEqualTo(GRANULE);
  }

  @Test
  void aPageThatTheNewestDayFillsReadsNoOtherDays() {
    // One row for each trace and each of its eight actors; the newest day is looked for first.
    long dayAndSearch = 9 * traces / DAYS + 2 * DAYS * GRANULE;
    assertThat(totalOf(newest().actorContains("tor-7"))).isLessThanOrEqualTo(dayAndSearch);
    assertThat(totalOf(newest().status(ExecutionStatus.Kind.COMPLETED)))
        .isLessThanOrEqualTo(dayAndSearch);
  }

  /** The first request reads the lists of keys, the second finds the traces. */
  @Test
  void dataOfEventsLeadToTheirTracesThroughAGranuleForEachDay() {
    for (TraceQuery.Builder query :
        List.of(
            TraceQuery.builder().attribute("order.id", 4711),
            TraceQuery.builder().hasAttribute("order.id"),
            TraceQuery.builder().port("rare"),
            TraceQuery.builder().hasError(),
            TraceQuery.builder().errorContaining("refused"))) {
      List<Long> rows = rowsOf(query.limit(PAGE));
      assertThat(rows.get(1)).as("%s", query.build()).isLessThanOrEqualTo(2 * DAYS * GRANULE);
    }
  }

  static Stream<Arguments> questions() {
    return Stream.of(
        Arguments.of("attribute", TraceQuery.builder().attribute("order.id", 4711)),
        Arguments.of("key of an attribute", TraceQuery.builder().hasAttribute("order.id")),
        Arguments.of("port", TraceQuery.builder().port("rare")),
        Arguments.of("error of an event", TraceQuery.builder().hasError()),
        Arguments.of("text in errors", TraceQuery.builder().errorContaining("refused")),
        Arguments.of("longest duration", TraceQuery.builder().maxDuration(Duration.ofMillis(9))),
        Arguments.of(
            "shortest duration", TraceQuery.builder().minDuration(Duration.ofSeconds(10))));
  }

  /** The headers and the events of the traces that match are returned. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("questions")
  void aQuestionReadsAtMost100TimesTheRowsOfItsAnswer(String name, TraceQuery.Builder question) {
    TraceQuery all = question.limit(RARE + 1).build();
    long read = totalOf(() -> assertThat(store.queryTraces(all)).hasSize(RARE));
    assertThat(read).isLessThanOrEqualTo(100L * RARE * (1 + EVENTS_PER_TRACE));
  }

  @Test
  void durationsLeadToHeadersThroughAGranuleForEach() {
    for (TraceQuery.Builder query :
        List.of(
            TraceQuery.builder().maxDuration(Duration.ofMillis(9)),
            TraceQuery.builder().minDuration(Duration.ofSeconds(10)))) {
      TraceQuery headers = query.limit(RARE + 1).withEvents(false).build();
      long read = totalOf(() -> assertThat(store.queryTraces(headers)).hasSize(RARE));
      assertThat(read).as("%s", headers).isLessThanOrEqualTo(RARE * GRANULE + SEARCHES);
    }
  }

  private static long totalOf(Runnable work) {
    return proxy.rowsReadBy(work).stream().mapToLong(Long::longValue).sum();
  }

  private static long totalOf(TraceQuery.Builder query) {
    return rowsOf(query).stream().mapToLong(Long::longValue).sum();
  }

  @Test
  void anEventTakesFewBytes() {
    String sql =
        "SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = '%s' AND table = 'records'"
            .formatted(ClickHouseEndpoint.databaseOf(uri));
    assertThat(Long.parseLong(ClickHouseServers.main().text(sql)) / (traces * EVENTS_PER_TRACE))
        .isLessThanOrEqualTo(91);
  }
}
