package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users without all rights can do what the guide says; the engine itself decides. */
@ExtendWith(ClickHouseNeeds.OwnServer.class)
class ClickHouseRightsTest {
  private static final String PASSWORD = "pa55word-of-the-limited";

  /** As the guide names them, docs/providers/clickhouse.md. */
  private static final List<String> RIGHTS =
      List.of(
          "maker:CREATE DATABASE, CREATE TABLE, CREATE VIEW, ALTER TABLE, SELECT, INSERT ON tracing.*",
          "worker:SELECT, INSERT, ALTER DELETE ON tracing.*",
          "reader:SELECT ON tracing.*",
          "stranger:SELECT ON other.*");

  private static ClickHouseProcess server;

  @BeforeAll
  static void start() {
    server =
        ClickHouseServers.ownServerWithRights(
            RIGHTS,
            "maker:" + PASSWORD,
            "worker:" + PASSWORD,
            "reader:" + PASSWORD,
            "stranger:" + PASSWORD);
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @AfterEach
  void drop() {
    ClickHouseServers.endpointOf(server).drop(uri("default"));
  }

  private static String uri(String user) {
    ClickHouseEndpoint endpoint = ClickHouseServers.endpointOf(server);
    return (user.equals("default") ? endpoint : endpoint.as(user, PASSWORD)).uri("tracing", "");
  }

  private static void makeTables() {
    try (TraceStore store = TraceStores.open(uri("default"))) {
      store.storeTrace(ClickHouseSamples.trace(0));
    }
  }

  private static StoreConfigurationException refusal(Runnable call) {
    return catchThrowableOfType(StoreConfigurationException.class, call::run);
  }

  @Test
  void theRightsToMakeTablesAreThoseOfTheGuide() {
    try (TraceStore store =
        TraceStores.open(uri("maker"), Map.of("retention", "30000d", "rollups", "HOUR"))) {
      store.storeTrace(ClickHouseSamples.trace(1));
      assertThat(store.getTrace(ClickHouseSamples.traceId(1))).isPresent();
    }
  }

  @Test
  void theRightsToWorkWithTablesAreThoseOfTheGuide() {
    makeTables();
    try (TraceStore store = TraceStores.open(uri("worker"))) {
      store.storeTraces(ClickHouseSamples.traces(1, 200));
      store.storeEvents(ClickHouseSamples.traceId(-1), ClickHouseSamples.trace(-1).events());
      assertThat(store.healthCheck().detail()).contains("ClickHouse");
      assertThat(store.eventMetrics(EventMetricsQuery.ALL)).isNotEmpty();
      assertThat(store.actorGraph(ActorGraphQuery.ALL)).isEmpty();
      assertThat(store.deleteTrace(ClickHouseSamples.traceId(7))).isTrue();
      assertThat(store.purgeBefore(ClickHouseSamples.START.plusSeconds(50))).isEqualTo(49);
      // A whole day and a part of another.
      store.storeTrace(ClickHouseSamples.trace(Duration.ofDays(1).toSeconds()));
      assertThat(store.purgeBefore(ClickHouseSamples.START.plus(Duration.ofDays(2))))
          .isEqualTo(151);
      assertThat(store.metrics().gauges()).containsKey("partitions");
    }
  }

  @Test
  void whetherEverythingIsSyncedIsTheTablesSettingForAUserThatMayNotSync() {
    makeTables();
    try (TraceStore owner = TraceStores.open(uri("default"));
        TraceStore worker = TraceStores.open(uri("worker"))) {
      assertThat(owner.sync()).isTrue();
      assertThat(worker.sync()).isFalse();
      set("fsync_after_insert = 1, fsync_part_directory = 1");
      assertThat(worker.sync()).as("removals are not synced").isFalse();
      set("min_rows_to_fsync_after_merge = 1");
      assertThat(worker.sync()).isTrue();
    }
  }

  private static void set(String settings) {
    ClickHouseServers.endpointOf(server)
        .execute("ALTER TABLE tracing.records MODIFY SETTING " + settings);
  }

  @Test
  void aUserWithoutInsertFailsAtTheFirstWriteAndMayRead() {
    makeTables();
    try (TraceStore store = TraceStores.open(uri("reader"))) {
      assertThat(refusal(() -> store.storeTrace(ClickHouseSamples.trace(1))))
          .hasMessageContaining("INSERT")
          .hasMessageContaining("grant it to the user");
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(ClickHouseSamples.trace(0));
    }
  }

  @Test
  void aUserWithoutDeleteGetsAnErrorAndNothingIsDeleted() {
    makeTables();
    try (TraceStore store = TraceStores.open(uri("reader"))) {
      assertThat(refusal(() -> store.deleteTrace(ClickHouseSamples.traceId(0))))
          .hasMessageContaining("ALTER DELETE")
          .hasMessageContaining("grant it to the user");
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"worker,CREATE DATABASE", "reader,CREATE DATABASE", "stranger,CREATE DATABASE"})
  void aUserThatMayNotCreateTablesFailsAtTheFirstOpen(String user, String right) {
    assertThat(refusal(() -> TraceStores.open(uri(user))))
        .hasMessageContaining(right)
        .hasMessageContaining("grant it to the user")
        .hasMessageNotContaining(PASSWORD);
    assertThat(ClickHouseServers.endpointOf(server).lines("SHOW DATABASES"))
        .doesNotContain("tracing");
  }

  @Test
  void aUserThatMayNotReadFailsAtOpen() {
    makeTables();
    assertThat(refusal(() -> TraceStores.open(uri("stranger"))))
        .hasMessageContaining("grant it to the user");
  }
}
