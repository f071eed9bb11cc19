package io.tracestore.compat.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.postgresql.PartitionInterval;
import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.postgresql.PostgresTraceStoreProvider;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Every option does what it says. */
class PostgresOptionsTest extends PostgresTests {
  private long connections(String uri, String applicationName) {
    String sql =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + applicationName + "'";
    return Long.parseLong(server().select(uri, sql).getFirst());
  }

  @Test
  void maxConnectionsBoundsThemAndConnectionTimeoutMsTheWaitForOne() throws SQLException {
    TraceStore store = openNew("maxConnections=2&minConnections=0&connectionTimeoutMs=300");
    DataSource source = store.unwrap(DataSource.class);
    List<Connection> taken = new ArrayList<>();
    taken.add(source.getConnection());
    taken.add(source.getConnection());
    assertThatThrownBy(() -> store.count(TraceQuery.ALL))
        .isInstanceOf(StoreUnavailableException.class);
    for (Connection connection : taken) {
      connection.close();
    }
    assertThat(store.count(TraceQuery.ALL)).isZero();
  }

  @Test
  void minConnectionsAreOpenWhenNobodyNeedsThem() {
    String uri = newUri("minConnections=3&ApplicationName=minimum");
    open(uri);
    await("three connections", () -> connections(uri, "minimum") == 3);
    assertThat(connections(uri, "minimum")).isEqualTo(3);
  }

  @Test
  void timesOfIdleAndOldConnectionsGoToThePool() {
    TraceStore store = openNew("idleTimeoutMs=20s&maxLifetimeMs=1m");
    HikariDataSource pool = (HikariDataSource) store.unwrap(DataSource.class);
    assertThat(List.of(pool.getIdleTimeout(), pool.getMaxLifetime()))
        .containsExactly(20_000L, 60_000L);
  }

  @Test
  void aServerThatHangsIsGivenUpAfterAMinuteOrAsSocketTimeoutSays() throws SQLException {
    DataSource byDefault = openNew("").unwrap(DataSource.class);
    DataSource given = openNew("socketTimeout=7").unwrap(DataSource.class);
    try (Connection one = byDefault.getConnection();
        Connection other = given.getConnection()) {
      assertThat(List.of(one.getNetworkTimeout(), other.getNetworkTimeout()))
          .containsExactly(60_000, 7_000);
    }
  }

  @Test
  void storesOfDifferentSchemasDoNotSeeEachOther() {
    TraceStore one = openNew("");
    TraceStore other = openNew("");
    one.storeTrace(trace(1, Instant.now()));
    assertThat(other.count(TraceQuery.ALL)).isZero();
  }

  @Test
  void aSchemaMayHaveAnyName() throws SQLException {
    String name = "it's \"my\" schema; DROP";
    PostgresConfig config =
        PostgresConfig.builder(server().database())
            .hosts(server().host() + ":" + server().port())
            .user(server().user())
            .password(server().password())
            .schemaName(name)
            .build();
    try (TraceStore store = PostgresTraceStoreProvider.open(config)) {
      store.storeTrace(trace(1, Instant.now()));
      assertThat(store.getTrace(trace(1, Instant.now()).traceId())).isPresent();
    } finally {
      server().execute("DROP SCHEMA \"it's \"\"my\"\" schema; DROP\" CASCADE");
    }
  }

  @Test
  void withoutPartitioningThereIsOnlyTheDefaultPartition() {
    String uri = newUri("partitioning=false");
    open(uri).storeTrace(trace(1, Instant.now()));
    assertThat(PartitionTable.of(server(), uri).ranges()).isEmpty();
    assertThat(server().select(uri, "SELECT count(*) FROM events_default")).containsExactly("5");
  }

  @Test
  void partitionIntervalIsHowMuchTimeANewPartitionCovers() {
    for (PartitionInterval interval : PartitionInterval.values()) {
      String uri = newUri("partitionInterval=" + interval);
      open(uri).storeTrace(trace(1, Instant.now()));
      long hours = PartitionTable.of(server(), uri).around(Instant.now()).hours();
      switch (interval) {
        case HOURLY -> assertThat(hours).isEqualTo(1);
        case DAILY -> assertThat(hours).isEqualTo(24);
        case WEEKLY -> assertThat(hours).isEqualTo(7 * 24);
        case MONTHLY -> assertThat(hours).isBetween(28 * 24L, 31 * 24L);
      }
    }
  }

  @Test
  void withoutAutoCreatePartitionsNoneIsMade() {
    String uri = newUri("autoCreatePartitions=false");
    TraceStore store = open(uri);
    FlowTrace trace = trace(1, Instant.now());
    store.storeTrace(trace);
    assertThat(PartitionTable.of(server(), uri).ranges()).isEmpty();
    assertThat(store.getTrace(trace.traceId())).contains(trace);
  }

  @Test
  void partitionRetentionDaysRemovesWhatStartedBefore() {
    String uri = newUri("");
    FlowTrace old = trace(1, Instant.now().minus(Duration.ofDays(20)));
    FlowTrace older = trace(2, Instant.now().minus(Duration.ofDays(3000)));
    FlowTrace recent = trace(3, Instant.now());
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(List.of(old, older, recent));
    }
    TraceStore keeping = open(uri + "&partitionRetentionDays=10");
    await("the removal", () -> keeping.count(TraceQuery.ALL) == 1);
    assertThat(keeping.queryTraces(TraceQuery.ALL)).containsExactly(recent);
    assertThat(server().select(uri, "SELECT count(*) FROM events")).containsExactly("5");
    assertThat(PartitionTable.of(server(), uri).ranges())
        .noneMatch(range -> range.contains(old.startTime()));
  }

  @Test
  void optionsOfTheDriverReachIt() {
    String uri = newUri("ApplicationName=seen&minConnections=1");
    TraceStore store = open(uri);
    store.count(TraceQuery.ALL);
    assertThat(connections(uri, "seen")).isPositive();
  }

  @Test
  void tlsIsAskedForWhereSslmodeSaysSo() {
    String uri = newUri("sslmode=require");
    assertThatThrownBy(() -> open(uri))
        .isInstanceOfAny(StoreUnavailableException.class, StoreConfigurationException.class)
        .hasMessageContaining("SSL")
        .hasMessageNotContaining(server().password());
  }

  @Test
  void aMisspeltOptionOfTheDriverIsFound() {
    String uri = newUri("sslmod=require");
    assertThatThrownBy(() -> open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("unknown option 'sslmod'")
        .hasMessageContaining("'sslmode'")
        .hasMessageNotContaining(server().password());
  }

  @Test
  void configAndUriSayTheSame() {
    StoreUri uri =
        StoreUri.parse(
            "postgresql://me:p%40ss@one:1234,two/db?maxConnections=7&minConnections=2&connectionTimeoutMs=900"
                + "&idleTimeoutMs=30000&maxLifetimeMs=40000&schemaName=mine&partitioning=false"
                + "&partitionInterval=WEEKLY&partitionRetentionDays=9&autoCreatePartitions=false"
                + "&sslmode=prefer");
    PostgresConfig config =
        PostgresConfig.builder("db")
            .hosts("one:1234", "two")
            .user("me")
            .password("p@ss")
            .maxConnections(7)
            .minConnections(2)
            .connectionTimeoutMs(900)
            .idleTimeoutMs(30_000)
            .maxLifetimeMs(40_000)
            .schemaName("mine")
            .partitioning(false)
            .partitionInterval(PartitionInterval.WEEKLY)
            .partitionRetentionDays(9)
            .autoCreatePartitions(false)
            .driverOption("sslmode", "prefer")
            .build();
    assertThat(PostgresConfig.fromUri(uri)).isEqualTo(config);
    assertThat(config.toUri()).isEqualTo(uri);
    assertThat(config.toString()).doesNotContain("p@ss").doesNotContain("p%40ss");
  }
}
