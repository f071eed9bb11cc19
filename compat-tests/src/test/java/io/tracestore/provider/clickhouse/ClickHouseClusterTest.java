package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.compat.clickhouse.ClickHouseEndpoint;
import io.tracestore.compat.clickhouse.ClickHouseServers;
import io.tracestore.compat.clickhouse.Needs;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What of the cluster's form one server can show: that it understands the statements, and that
 * Distributed tables answer as others do. Lies in the provider's package to see the statements.
 */
@ExtendWith(Needs.AnyServer.class)
class ClickHouseClusterTest {
  private static final Schema SCHEMA = new Schema("tracing", "main");

  static List<String> statements() {
    return SCHEMA.statements(0);
  }

  @ParameterizedTest
  @MethodSource("statements")
  void theServerUnderstandsTheStatementsForACluster(String statement) {
    assertThat(ClickHouseServers.main().text("EXPLAIN AST " + statement)).contains("CreateQuery");
  }

  @Test
  void theServerUnderstandsRetentionAndRemovalOnACluster() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String table = SCHEMA.localRecords() + " " + SCHEMA.onCluster();
    assertThat(
            server.text("EXPLAIN AST ALTER TABLE %s MODIFY TTL %s".formatted(table, Schema.ttl(3))))
        .contains("AlterQuery");
    assertThat(server.text("EXPLAIN AST ALTER TABLE %s DROP PARTITION 3".formatted(table)))
        .contains("AlterQuery");
    assertThat(
            server.text("EXPLAIN AST DELETE FROM %s IN PARTITION 3 WHERE rev = 1".formatted(table)))
        .contains("DeleteQuery");
  }

  @Test
  void aDistributedTableAnswersAsTheTableDoes() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String uri = server.newStoreUri("");
    String database = ClickHouseEndpoint.databaseOf(uri);
    TraceStores.open(uri).close();
    server.execute(
        "RENAME TABLE %1$s.records TO %1$s.records_local".formatted(database),
        "CREATE TABLE %1$s.records AS %1$s.records_local ENGINE = Distributed('default', %1$s, records_local, sipHash64(trace_id))"
            .formatted(database));
    try (TraceStore store = TraceStores.open(uri)) {
      List<FlowTrace> traces =
          IntStream.range(0, 30).mapToObj(ClickHouseClusterTest::trace).toList();
      store.storeTraces(traces);
      store.storeEvents(traces.get(3).traceId(), traces.get(3).events());
      assertThat(store.queryTraces(TraceQuery.builder().actor("actor 1").build()))
          .isEqualTo(traces.reversed());
      assertThat(store.count(TraceQuery.builder().eventType("ActorStarted").build())).isEqualTo(30);
      assertThat(store.getTrace(traces.get(3).traceId())).contains(traces.get(3));
      assertThat(store.eventMetrics(EventMetricsQuery.builder().flowId("flow").build()))
          .allSatisfy(metrics -> assertThat(metrics.count()).isEqualTo(30))
          .hasSize(3);
      assertThat(store.actorGraph(ActorGraphQuery.ALL)).isEmpty();
    } finally {
      server.drop(uri);
    }
  }

  private static FlowTrace trace(int number) {
    Instant start = Instant.parse("2026-03-01T00:00:00Z").plusNanos(number);
    List<TraceEvent> events =
        IntStream.range(0, 3)
            .mapToObj(i ->
                TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor " + i)
                    .timestamp(start)
                    .build())
            .toList();
    return FlowTrace.builder("flow").startTime(start).events(events).build();
  }
}
