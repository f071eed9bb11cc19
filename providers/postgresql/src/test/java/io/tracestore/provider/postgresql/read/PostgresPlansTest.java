package io.tracestore.provider.postgresql.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.sql.Renderer;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On a table of a million events every filter is answered through an index. The test is in the
 * provider's package to see the statements that the store sends. The property {@value
 * #TRACES_PROPERTY} sets the number of traces, of 20 events each.
 */
class PostgresPlansTest {
  private static final String TRACES_PROPERTY = "tracestore.postgres.traces";
  private static final int TRACES = Integer.getInteger(TRACES_PROPERTY, 50_000);
  private static final int EVENTS = 20;
  private static final Pattern RETURNED = Pattern.compile("actual rows=([0-9.]+) loops=([0-9]+)");
  private static final Pattern REMOVED = Pattern.compile("Rows Removed by .*: ([0-9]+)");
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

  private static PostgresServer server;
  private static String uri;
  private static TraceStore store;

  @BeforeAll
  static void fill() {
    server = PostgresServers.main();
    uri = server.newStoreUri("minConnections=0&partitioning=false");
    store = TraceStores.open(uri);
    long firstHour = FIRST.getEpochSecond() / 3600;
    String schema = PostgresServer.schemaOf(uri);
    for (int month = 0; month < (TRACES > 80_000 ? 3 : 2); month++) {
      long from = firstHour + 24L * 31 * month;
      server.execute(
          "CREATE TABLE %s.part_%d PARTITION OF %s.events FOR VALUES FROM (%d) TO (%d)"
              .formatted(schema, month, schema, from, from + 24 * 31));
    }
    server.execute(
        "SET search_path = " + schema,
        """
        INSERT INTO names (kind, digest, name)
        SELECT 0, sha256(convert_to('actor-' || i, 'UTF8')), 'actor-' || i FROM generate_series(0, 199) i\
        """,
        """
        INSERT INTO names (kind, digest, name)
        SELECT 1, sha256(convert_to(n, 'UTF8')), n FROM unnest(ARRAY['ActorStarted', 'ActorFailed']) n\
        """,
        """
        INSERT INTO traces
        SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, %1$d + i * 60000000000,
          (i %% 1000) * 1000000, ('00000000-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, null,
          (%1$d / 1000000000 + i * 60) / 3600, CASE WHEN i %% 100 = 0 THEN 3 ELSE 2 END, 'flow-' || i %% 50,
          jsonb_build_object('environment', CASE WHEN i %% 500 = 0 THEN 'test' ELSE 'production' END,
            'user', 'user-' || i %% 2000, 'session', 'session-' || i, 'error',
            CASE WHEN i %% 100 = 0 THEN 'error-' || i %% 700 END, 'tags', jsonb_build_object('order', i %% 5000)),
          ARRAY[1 + i %% 200, CASE WHEN i %% 100 = 0 THEN 202 ELSE 201 END], '\\x00',
          CASE WHEN i %% 500 = 0 THEN ARRAY[%3$d, %4$d, %5$d]::bigint[] ELSE '{}' END
        FROM generate_series(0::bigint, %2$d - 1) i\
        """
            .formatted(
                FIRST.getEpochSecond() * 1_000_000_000L,
                TRACES,
                term(query().port("in").build()),
                term(query().hasError().build()),
                term(query().attribute("order.id", "4711").build())),
        """
        INSERT INTO names (kind, digest, name)
        VALUES (2, sha256(convert_to('order.id', 'UTF8')), 'order.id')\
        """,
        """
        INSERT INTO events (start_hour, trace_id, event_id, ts_ns, execution_ns, actor, event_type,
          latency_class, has_error, body)
        SELECT t.start_hour, t.trace_id, gen_random_uuid(), t.start_ns + e, 0, t.facets[1], t.facets[2],
          0, false, '\\x00'
        FROM traces t, generate_series(1, %d) e\
        """
            .formatted(EVENTS),
        "ANALYZE traces, events, names",
        // As a vacuum does, but for the last, incomplete stretch too.
        """
        SELECT brin_summarize_new_values(indexrelid) FROM pg_index
        WHERE indrelid IN ('part_0'::regclass, 'part_1'::regclass) AND indkey::text = '1'\
        """);
  }

  @AfterAll
  static void remove() {
    store.close();
    server.drop(uri);
  }

  /** A connection that gives the statements of the store. */
  private static Session session(Connection connection) {
    String schema = PostgresServer.schemaOf(uri).replace("\"", "");
    return new Session(
        connection, new Renderer(schema), statement -> statement.setQueryTimeout(60));
  }

  private static long term(TraceQuery query) {
    List<DataTerms> lists = List.of(DataTerms.of(List.of("order.id")));
    return DataTerms.of(query, lists).getFirst().terms()[0];
  }

  private static TraceQuery.Builder query() {
    return TraceQuery.builder().limit(20);
  }

  static Stream<Map.Entry<String, TraceQuery>> filters() {
    return Stream.of(
        Map.entry("none", query().build()),
        Map.entry("flow", query().flowId("flow-7").build()),
        Map.entry("execution", query().executionId(new ExecutionId(new UUID(0x7000, 7))).build()),
        Map.entry("time", query().startedBetween(FIRST, FIRST.plus(Duration.ofHours(2))).build()),
        Map.entry("status", query().status(ExecutionStatus.Kind.FAILED).build()),
        Map.entry("a status of none", query().status(ExecutionStatus.Kind.RUNNING).build()),
        Map.entry("error", query().failedWith("error-300").build()),
        Map.entry("actor", query().actor("actor-17").build()),
        Map.entry("actor contains", query().actorContains("ctor-17").build()),
        Map.entry("event type", query().eventType(TraceEventType.ACTOR_FAILED).build()),
        Map.entry("tag", query().tag("order", "4711").build()),
        Map.entry("duration", query().minDuration(Duration.ofMillis(998)).build()),
        Map.entry("longest duration", query().maxDuration(Duration.ofMillis(1)).build()),
        Map.entry("port", query().port("in").build()),
        Map.entry("error of an event", query().hasError().build()),
        Map.entry("text in errors", query().errorContaining("refused").build()),
        Map.entry("attribute", query().attribute("order.id", "4711").build()),
        Map.entry("rare environment", query().environment("test").build()),
        Map.entry("usual environment", query().environment("production").build()),
        Map.entry("user", query().userId("user-1234").build()),
        Map.entry("session", query().sessionId("session-4321").build()),
        Map.entry(
            "page",
            query()
                .after(new TraceQuery.Position(FIRST.plus(Duration.ofDays(3)), TraceId.random()))
                .build()));
  }

  @ParameterizedTest
  @MethodSource("filters")
  void aFilterReadsNoTableWhole(Map.Entry<String, TraceQuery> filter) throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      String sql = TraceQueries.statement(session(connection), filter.getValue());
      assertThat(plan(connection, sql))
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .anyMatch(line -> line.contains("traces_by_"));
    }
  }

  static Stream<Map.Entry<String, TraceQuery>> questions() {
    Set<String> names =
        Set.of("duration", "longest duration", "port", "error of an event", "attribute");
    return filters().filter(filter -> names.contains(filter.getKey()));
  }

  @ParameterizedTest
  @MethodSource("questions")
  void aQuestionReadsAtMost100TimesTheRowsOfItsAnswer(Map.Entry<String, TraceQuery> question)
      throws SQLException {
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      List<String> plan =
          plan(connection, TraceQueries.statement(session(connection), question.getValue()));
      assertThat(rowsRead(plan)).as("%s", plan).isBetween(20L, 100 * 20L);
    }
  }

  /** The rows that scans returned or left out. */
  private static long rowsRead(List<String> plan) {
    long rows = 0;
    boolean isScan = false;
    for (String line : plan) {
      Matcher returned = RETURNED.matcher(line);
      Matcher removed = REMOVED.matcher(line);
      if (returned.find()) {
        isScan = line.contains(" Scan ");
        double all = Double.parseDouble(returned.group(1)) * Long.parseLong(returned.group(2));
        rows += isScan ? Math.round(all) : 0;
      } else if (removed.find() && isScan) {
        rows += Long.parseLong(removed.group(1));
      }
    }
    return rows;
  }

  @Test
  void flowsAreListedFromTheirIndexWithoutReadingAllTraces() throws SQLException {
    try (Connection connection = server.connect(uri)) {
      String sql =
          session(connection).renderer().withValues(TraceNames.beginnings(TimeRange.ALL, 100));
      List<String> plan = plan(connection, sql);
      assertThat(plan)
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .anyMatch(line -> line.contains("traces_by_flow"));
      assertThat(rowsRead(plan)).isLessThan(TRACES / 10);
    }
  }

  @Test
  void anActorThatNewTracesLackIsLookedForInTheIndex() throws SQLException {
    try (Connection connection = server.connect(uri)) {
      connection.setAutoCommit(false);
      Session session = session(connection);
      session.execute(NameRemoval.USE_INDEX);
      String sql =
          session
              .renderer()
              .withValues(TraceNames.ofEvents(List.of(1), Name.Kind.ACTOR, TimeRange.ALL, 100));
      assertThat(plan(connection, sql))
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .anyMatch(line -> line.contains("traces_by_content") && line.contains("loops="));
    }
  }

  @Test
  void eventsOfAPageAreCountedThroughAnIndexWithoutTheirBodies() throws SQLException {
    int hour = (int) (FIRST.getEpochSecond() / 3600);
    List<UUID> ids =
        IntStream.range(0, 20).mapToObj(i -> new UUID(0x7000, Long.MIN_VALUE | i)).toList();
    try (Connection connection = server.connect(uri)) {
      Session session = session(connection);
      String sql = session.renderer().withValues(PostgresTraceReader.counts(ids, Set.of(hour)));
      assertThat(plan(connection, sql))
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .noneMatch(line -> line.contains("body"))
          .anyMatch(line -> line.contains("part_0_trace_id_idx"))
          .noneMatch(line -> line.contains("part_1"));
    }
  }

  @Test
  void theEventsOfAPageAreReadFromTheirPartitionThroughAnIndex() throws SQLException {
    int hour = (int) (FIRST.getEpochSecond() / 3600);
    String ids =
        IntStream.range(0, 100)
            .mapToObj("00000000-0000-7000-8000-%012x"::formatted)
            .collect(Collectors.joining(",", "'{", "}'"));
    try (Connection connection = server.connect(uri)) {
      String sql =
          TraceQueries.eventsStatement(session(connection), List.of(hour, hour + 1))
              .replace("?", ids);
      assertThat(plan(connection, sql))
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .anyMatch(line -> line.contains("part_0_trace_id_idx"))
          .noneMatch(line -> line.contains("part_1") || line.contains("events_"));
    }
  }

  static Stream<Map.Entry<String, EventMetricsQuery>> metrics() {
    return Stream.of(
        Map.entry(
            "time",
            EventMetricsQuery.builder().from(FIRST).to(FIRST.plus(Duration.ofHours(2))).build()),
        Map.entry(
            "time and actor",
            EventMetricsQuery.builder()
                .from(FIRST)
                .to(FIRST.plus(Duration.ofHours(2)))
                .actorId("actor-17")
                .build()),
        Map.entry("flow", EventMetricsQuery.builder().flowId("flow-7").build()),
        Map.entry("actor", EventMetricsQuery.builder().actorId("actor-17").build()),
        Map.entry(
            "event type",
            EventMetricsQuery.builder().eventType(TraceEventType.ACTOR_FAILED).build()));
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void sumsOverSomeEventsReadNoPartitionWhole(Map.Entry<String, EventMetricsQuery> query)
      throws SQLException {
    try (Connection connection = server.connect(uri)) {
      String sql = PostgresAnalytics.statement(session(connection), query.getValue());
      assertThat(plan(connection, sql)).noneMatch(PostgresPlansTest::readsAPartitionWhole);
    }
  }

  @Test
  void sumsOverTwoHoursLeaveThePartitionOfAnotherMonthUnread() throws SQLException {
    EventMetricsQuery query =
        EventMetricsQuery.builder().from(FIRST).to(FIRST.plus(Duration.ofHours(2))).build();
    try (Connection connection = server.connect(uri)) {
      List<String> plan = plan(connection, PostgresAnalytics.statement(session(connection), query));
      assertThat(behind("Heap Scan on part_0", plan)).contains("Heap Blocks");
      assertThat(behind("Heap Scan on part_1", plan)).doesNotContain("Heap Blocks");
    }
  }

  /** The lines of a plan about a scan, up to the index that it uses. */
  private static String behind(String scan, List<String> plan) {
    return plan.stream()
        .dropWhile(line -> !line.contains(scan))
        .takeWhile(line -> !line.contains("Index Scan"))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void messagesOfTwoHoursAreFoundWithoutReadingAPartitionWhole() throws SQLException {
    ActorGraphQuery query =
        ActorGraphQuery.builder().from(FIRST).to(FIRST.plus(Duration.ofHours(2))).build();
    try (Connection connection = server.connect(uri)) {
      String sql = PostgresAnalytics.statement(session(connection), query);
      assertThat(plan(connection, sql)).noneMatch(PostgresPlansTest::readsAPartitionWhole);
    }
  }

  @Test
  void oneTraceIsReadFromItsPartitionThroughIndexes() throws SQLException {
    String id = "'00000000-0000-7000-8000-000000000123'";
    try (Connection connection = server.connect(uri)) {
      int hour = (int) (FIRST.getEpochSecond() / 3600) + 0x123 / 60;
      List<String> plan =
          plan(
              connection,
              PostgresTraceReader.statement(session(connection), hour).replace("?", id));
      assertThat(plan)
          .noneMatch(PostgresPlansTest::readsATableWhole)
          .anyMatch(line -> line.contains("traces_pkey") && line.contains("loops=1"))
          .anyMatch(line -> line.contains("part_0_trace_id_idx") && line.contains("loops=1"))
          .noneMatch(line -> line.contains("part_1"));
    }
  }

  @Test
  void aPlannerWithoutStatisticsDoesNotTakeATraceForALargePartOfThePartition() throws SQLException {
    String id = "'00000000-0000-7000-8000-000000000123'";
    try (Connection connection = server.connect(uri)) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("DELETE FROM pg_statistic WHERE starelid = 'part_0'::regclass");
        int hour = (int) (FIRST.getEpochSecond() / 3600) + 0x123 / 60;
        String sql = PostgresTraceReader.statement(session(connection), hour).replace("?", id);

        assertThat(expectedRows(statement, sql, "part_0")).isBetween(1L, 100L);
      } finally {
        connection.rollback();
      }
    }
  }

  /** How many rows the planner expects of a scan of {@code table}. */
  private static long expectedRows(Statement statement, String sql, String table)
      throws SQLException {
    Pattern scan = Pattern.compile(" Scan .*" + table + ".* rows=([0-9]+)");
    try (ResultSet lines = statement.executeQuery("EXPLAIN " + sql)) {
      while (lines.next()) {
        Matcher matcher = scan.matcher(lines.getString(1));
        if (matcher.find()) {
          return Long.parseLong(matcher.group(1));
        }
      }
    }
    throw new AssertionError("no scan of " + table);
  }

  /** A part of the plan that was not executed has read nothing. */
  private static boolean readsATableWhole(String line) {
    return line.contains("Seq Scan on ") && !line.contains("names") && line.contains("loops=");
  }

  private static boolean readsAPartitionWhole(String line) {
    return line.contains("Seq Scan on part_") && line.contains("loops=");
  }

  private static List<String> plan(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet lines =
            statement.executeQuery(
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) " + sql)) {
      List<String> plan = new ArrayList<>();
      while (lines.next()) {
        plan.add(lines.getString(1));
      }
      return plan;
    }
  }
}
