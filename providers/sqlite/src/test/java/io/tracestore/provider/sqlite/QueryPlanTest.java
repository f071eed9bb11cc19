package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.sqlite.read.SqliteQueryPlan;
import io.tracestore.provider.sqlite.read.TraceNames;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every filter is answered from an index, newest first, without reading or sorting all traces. */
class QueryPlanTest {
  @TempDir static Path directory;
  private static TraceStore store;
  private static Connection connection;

  @BeforeAll
  static void open() throws SQLException {
    store = SqliteConfig.of(directory.resolve("t.db")).open();
    connection = store.unwrap(DataSource.class).getConnection();
  }

  @AfterAll
  static void close() throws SQLException {
    connection.close();
    store.close();
  }

  private static TraceQuery.Builder query() {
    return TraceQuery.builder();
  }

  static Stream<Arguments> filters() {
    FlowTrace some = Samples.trace(1, 0);
    return Stream.of(
        Arguments.of("everything", query(), "traces_by_start (start_ns>?)"),
        Arguments.of(
            "time",
            query().startedBetween(Samples.START, Samples.START),
            "traces_by_start (start_ns>? AND start_ns<?)"),
        Arguments.of("flow", query().flowId("f"), "traces_by_flow (flow=? AND start_ns>?)"),
        Arguments.of(
            "execution",
            query().executionId(new ExecutionId(new UUID(0, 1))),
            "traces_by_execution (execution_id=?)"),
        Arguments.of(
            "status",
            query().status(ExecutionStatus.Kind.RUNNING),
            "traces_by_status (status=? AND start_ns>?)"),
        Arguments.of(
            "error", query().failedWith("e"), "traces_by_error (error_hash=? AND start_ns>?)"),
        Arguments.of(
            "actor", query().actor("a"), "trace_actors USING PRIMARY KEY (actor=? AND start_ns>?)"),
        Arguments.of(
            "text in actors",
            query().actorContains("a"),
            "trace_actors USING PRIMARY KEY (actor=? AND start_ns>?)"),
        Arguments.of(
            "event type",
            query().eventType("DataFlow"),
            "trace_event_types USING PRIMARY KEY (type=? AND start_ns>?)"),
        Arguments.of(
            "tag",
            query().tag("k", "v"),
            "trace_tags USING PRIMARY KEY (tag=? AND value=? AND start_ns>?)"),
        Arguments.of(
            "duration",
            query().minDuration(Duration.ofSeconds(1)),
            "traces_by_duration (duration_class=? AND start_ns>?)"),
        Arguments.of(
            "longest duration",
            query().maxDuration(Duration.ofSeconds(1)),
            "traces_by_duration (duration_class=? AND start_ns>?)"),
        Arguments.of(
            "attribute",
            query().attribute("order.id", "4711"),
            "trace_terms USING PRIMARY KEY (term=? AND start_ns>?)"),
        Arguments.of(
            "key of an attribute",
            query().hasAttribute("order.id"),
            "trace_terms USING PRIMARY KEY (term=? AND start_ns>?)"),
        Arguments.of(
            "port", query().port("in"), "trace_terms USING PRIMARY KEY (term=? AND start_ns>?)"),
        Arguments.of(
            "error of an event",
            query().hasError(),
            "trace_terms USING PRIMARY KEY (term=? AND start_ns>?)"),
        Arguments.of(
            "text in errors",
            query().errorContaining("refused"),
            "trace_terms USING PRIMARY KEY (term=? AND start_ns>?)"),
        Arguments.of(
            "environment",
            query().environment("e"),
            "traces_by_environment (environment=? AND start_ns>?)"),
        Arguments.of("user", query().userId("u"), "traces_by_user (user_id=? AND start_ns>?)"),
        Arguments.of(
            "session", query().sessionId("s"), "traces_by_session (session_id=? AND start_ns>?)"),
        Arguments.of(
            "a page after another",
            query().flowId("f").after(TraceQuery.Position.of(some)),
            "traces_by_flow (flow=? AND start_ns>? AND start_ns<?)"));
  }

  private static SqliteQueryPlan planFor(TraceQuery query) {
    DataTerms terms = DataTerms.of(List.of("order.id"));
    return SqliteQueryPlan.of(query, List.of(1L, 2L), DataTerms.of(query, List.of(terms)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void aFilterReadsItsIndex(String name, TraceQuery.Builder query, String index)
      throws SQLException {
    assertThat(planOf(planFor(query.build()).page(20)))
        .anyMatch(step -> step.startsWith("SEARCH") && step.contains(index))
        .noneMatch(QueryPlanTest::isScan)
        // The few traces of one execution are sorted; all others come in order.
        .noneMatch(
            step -> step.equals("USE TEMP B-TREE FOR ORDER BY") && !name.equals("execution"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void countingReadsTheIndexToo(String name, TraceQuery.Builder query, String index)
      throws SQLException {
    assertThat(planOf(planFor(query.build()).count())).noneMatch(QueryPlanTest::isScan);
  }

  static Stream<Arguments> tests() {
    return filters()
        .map(filter -> Arguments.of(filter.get()[0], filter.get()[1]))
        .filter(filter -> !filter.get()[0].equals("execution"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tests")
  void whenAnotherFilterLeadsItsIndexIsRead(String name, TraceQuery.Builder query)
      throws SQLException {
    TraceQuery both = query.executionId(new ExecutionId(new UUID(0, 1))).build();

    assertThat(planOf(planFor(both).page(20)))
        .anyMatch(step -> step.contains("traces_by_execution (execution_id=?)"))
        .noneMatch(QueryPlanTest::isScan);
  }

  @ParameterizedTest
  @EnumSource
  void namesAreListedByARowOfAnIndexForEach(NameKind kind) throws SQLException {
    assertThat(planOf(TraceNames.of(kind)))
        .containsOnlyOnce("SCAN names")
        .noneMatch(step -> isScan(step) && !step.equals("SCAN names"))
        .anyMatch(step -> step.matches("SEARCH .*=\\? AND start_ns>\\? AND start_ns<\\?\\).*"));
  }

  /** Whether a step of a plan scans a table; the rows that a subquery returned are not a table. */
  private static boolean isScan(String step) {
    return step.startsWith("SCAN")
        && !step.equals("SCAN matching")
        && !step.equals("SCAN CONSTANT ROW");
  }

  private static List<String> planOf(Rendered query) throws SQLException {
    List<String> steps = new ArrayList<>();
    try (PreparedStatement explain =
        connection.prepareStatement("EXPLAIN QUERY PLAN " + query.sql())) {
      for (int i = 0; i < query.values().size(); i++) {
        explain.setObject(i + 1, query.values().get(i));
      }
      try (ResultSet rows = explain.executeQuery()) {
        while (rows.next()) {
          steps.add(rows.getString("detail"));
        }
      }
    }
    return steps;
  }
}
