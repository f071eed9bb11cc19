package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A transaction that reads all tables and does not end, as of a dump or a forgotten session, delays
 * no call; nor does maintenance that waits for it.
 */
@Timeout(120)
class PostgresStayingReaderTest extends PostgresTests {
  private final Instant now = Instant.now();
  private final Instant old = now.minus(Duration.ofHours(20));

  private String uri;
  private Connection reader;

  @BeforeEach
  void stay() throws SQLException {
    uri = newUri("partitionInterval=HOURLY");
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(trace(1, old));
      store.storeTrace(trace(2, now));
    }
    reader = server().connect(uri);
    reader.setAutoCommit(false);
    try (Statement statement = reader.createStatement()) {
      statement.execute("SELECT FROM events, traces, names, schema_version");
    }
  }

  @AfterEach
  void leave() throws SQLException {
    reader.close();
  }

  @Test
  void partitionsAreMadeAndAllStoresWriteAndRead() {
    TraceStore first = open(uri);
    FlowTrace late = trace(3, now.minus(Duration.ofHours(10)));
    first.storeTrace(late);
    assertThat(PartitionTable.of(server(), uri).around(late.startTime()).hours()).isEqualTo(1);
    TraceStore second = open(uri);
    second.storeEvent(late.traceId(), event(3, 5, late.startTime()));
    assertThat(first.getEvents(late.traceId())).hasSize(6);
    assertThat(second.queryTraces(TraceQuery.ALL)).hasSize(3);
    assertThat(first.eventMetrics(EventMetricsQuery.builder().build())).isNotEmpty();
  }

  @Test
  void aPurgeRemovesAllTheSameAndTheNextOneDropsThePartition() throws SQLException {
    TraceStore store = open(uri);
    assertThat(store.purgeBefore(now.minus(Duration.ofHours(2)))).isEqualTo(1);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
    assertThat(server().select(uri, "SELECT count(*) FROM events")).containsExactly("5");
    assertThat(PartitionTable.of(server(), uri).ranges()).anyMatch(range -> range.contains(old));
    reader.rollback();
    assertThat(store.purgeBefore(now.minus(Duration.ofHours(2)))).isZero();
    assertThat(PartitionTable.of(server(), uri).ranges()).noneMatch(range -> range.contains(old));
  }

  @Test
  void aRetentionThatCannotDropSaysSo() {
    FlowTrace older = trace(4, now.minus(Duration.ofDays(2)));
    open(uri + "&retention=3d").storeTrace(older);
    try (Statement statement = reader.createStatement()) {
      statement.execute("SELECT FROM events");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    TraceStore store = open(uri + "&retention=1d");
    await("a warning", () -> !store.healthCheck().warnings().isEmpty());
    assertThat(store.healthCheck().warnings())
        .singleElement()
        .asString()
        .contains("events_")
        .startsWith("old traces are not removed: partition ")
        .endsWith("is in use all the time and cannot be dropped");
    assertThat(store.metrics().counters().get("maintenanceFailures")).isPositive();
    assertThat(store.getTrace(older.traceId())).contains(older);
  }

  @Test
  void aCloseEndsTheStatementThatMaintenanceIsAt() throws SQLException {
    FlowTrace older = trace(4, now.minus(Duration.ofDays(2)));
    try (TraceStore store = TraceStores.open(uri + "&partitioning=false")) {
      store.storeTrace(older);
    }
    try (Statement statement = reader.createStatement()) {
      statement.execute(
          "SELECT FROM traces WHERE start_ns = %d FOR UPDATE"
              .formatted(EpochNanos.of(older.startTime())));
    }
    TraceStore store = open(uri + "&retention=1d&ApplicationName=cleaner");
    await(
        "maintenance at the lock", () -> waitingForLocks(uri, "application_name = 'cleaner'") > 0);
    store.close();
    await(
        "the end of its connections",
        () ->
            server()
                .select(
                    uri, "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cleaner'")
                .equals(List.of("0")));
  }
}
