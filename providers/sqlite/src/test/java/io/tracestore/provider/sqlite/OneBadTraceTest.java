package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trace that fails by itself fails alone, and nothing of it is stored. */
class OneBadTraceTest {
  @TempDir Path directory;
  private TraceStore store;

  @BeforeEach
  void open() {
    store = SqliteConfig.of(directory.resolve("t.db")).open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void run(String sql) throws SQLException {
    try (Connection other =
        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("t.db"))) {
      PlainSql.execute(other, sql);
    }
  }

  /** Lets SQLite refuse the eighth event of trace 5, after all else of it is written. */
  private void refuse(int n) throws SQLException {
    run(
        "CREATE TRIGGER refusing BEFORE INSERT ON events WHEN NEW.event_id = x'%s'"
                .formatted(hex(n, 7))
            + " BEGIN SELECT RAISE(ABORT, 'refused'); END");
  }

  private static String hex(int n, int i) {
    return "%016x%016x".formatted(n, i);
  }

  private static List<FlowTrace> traces(int count) {
    return IntStream.range(0, count).mapToObj(n -> Samples.trace(n, 10)).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 20, 32, 33, 100})
  void itTakesNoNeighbourWithIt(int count) throws SQLException {
    int bad = count / 2;
    refuse(bad);

    BatchStoreException failure =
        catchThrowableOfType(BatchStoreException.class, () -> store.storeTraces(traces(count)));

    assertThat(failure.failures())
        .singleElement()
        .satisfies(one -> assertThat(one.index()).isEqualTo(bad));
    List<FlowTrace> expected = new ArrayList<>(traces(count).reversed());
    expected.remove(Samples.trace(bad, 10));
    assertThat(store.queryTraces(TraceQuery.builder().limit(1_000).build())).isEqualTo(expected);
    assertThat(store.getEvents(Samples.traceId(bad))).isEmpty();
  }

  @Test
  void theNextCallsAreDoneAfterIt() throws SQLException {
    refuse(5);
    assertThatThrownBy(() -> store.storeTrace(Samples.trace(5, 10)))
        .isInstanceOf(TraceStoreException.class)
        .hasMessageContaining("refused");

    run("DROP TRIGGER refusing");

    store.storeTrace(Samples.trace(5, 10));
    assertThat(store.getTrace(Samples.traceId(5))).contains(Samples.trace(5, 10));
  }

  @Test
  void oneThatConflictsLeavesNothingOfItself() {
    store.storeTrace(Samples.trace(1, 3));
    Map<String, Long> before = TableCounts.of(store);
    FlowTrace other =
        FlowTrace.builder("a flow that nobody has")
            .traceId(Samples.traceId(1))
            .executionId(Samples.trace(1, 0).executionId())
            .startTime(Samples.trace(1, 0).startTime())
            .build();

    assertThatThrownBy(() -> store.storeTrace(other)).isInstanceOf(StoreConflictException.class);

    assertThat(TableCounts.of(store)).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"header = x'0102030405'", "status = 77"})
  void aStoredHeaderThatIsDamagedIsReplaced(String damage) throws SQLException {
    store.storeTraces(traces(40));
    run("UPDATE traces SET " + damage + " WHERE session_id = 'session-5'");

    store.storeTraces(traces(40));

    assertThat(store.getTrace(Samples.traceId(5))).contains(Samples.trace(5, 10));
    assertThat(store.count(TraceQuery.builder().tag("region", "us").build())).isEqualTo(20);
  }

  @ParameterizedTest
  @ValueSource(strings = {"header = x'0102030405'", "status = 77"})
  void aStoredHeaderThatIsDamagedIsDeletedAndPurged(String damage) throws SQLException {
    store.storeTraces(traces(40));
    run("UPDATE traces SET " + damage + " WHERE session_id IN ('session-0', 'session-5')");

    assertThat(store.deleteTrace(Samples.traceId(5))).isTrue();
    assertThat(store.purgeBefore(Samples.START.plusSeconds(1_000))).isEqualTo(39);

    assertThat(TableCounts.of(store)).allSatisfy((table, rows) -> assertThat(rows).isZero());
  }
}
