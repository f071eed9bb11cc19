package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
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
    String uri =
        newUri("maxConnections=2&minConnections=0&connectionTimeoutMs=5s&ApplicationName=bounded");
    TraceStore store = open(uri);
    store.storeTrace(trace(1, Instant.now()));
    try (Connection taken = store.unwrap(DataSource.class).getConnection()) {
      assertThat(taken.isValid(1)).isTrue();
      // One reads, and the other is kept for writing.
      assertThatThrownBy(() -> store.count(TraceQuery.ALL))
          .isInstanceOf(StoreUnavailableException.class);
      store.storeTrace(trace(2, Instant.now()));
      assertThat(connections(uri, "bounded")).isEqualTo(2);
    }
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
  }

  @Test
  void minConnectionsAreOpenWhenNobodyNeedsThem() {
    String uri = newUri("minConnections=3&ApplicationName=minimum");
    open(uri);
    // The store's own work at the open may have needed one more, which stays for a while.
    await("three connections", () -> connections(uri, "minimum") >= 3);
    assertThat(connections(uri, "minimum")).isBetween(3L, 4L);
  }

  @Test
  void timesOfIdleAndOldConnectionsGoToThePool() {
    TraceStore store = openNew("idleTimeoutMs=20s&maxLifetimeMs=1m");
    HikariDataSource pool = (HikariDataSource) store.unwrap(DataSource.class);
    assertThat(List.of(pool.getIdleTimeout(), pool.getMaxLifetime()))
        .containsExactly(20_000L, 60_000L);
  }

  @Test
  void aServerThatHangsIsGivenUpTenSecondsAfterTheLimitOrAsSocketTimeoutSays() throws SQLException {
    DataSource byDefault = openNew("").unwrap(DataSource.class);
    DataSource given = openNew("socketTimeout=7").unwrap(DataSource.class);
    try (Connection one = byDefault.getConnection();
        Connection other = given.getConnection()) {
      assertThat(List.of(one.getNetworkTimeout(), other.getNetworkTimeout()))
          .containsExactly(70_000, 7_000);
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
        PostgresConfig.of(server().database())
            .hosts(server().host() + ":" + server().port())
            .user(server().user())
            .password(server().password())
            .schemaName(name);
    try (TraceStore store = config.open()) {
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
  void retentionRemovesWhatStartedBefore() {
    String uri = newUri("");
    FlowTrace old = trace(1, Instant.now().minus(Duration.ofDays(20)));
    FlowTrace older = trace(2, Instant.now().minus(Duration.ofDays(3000)));
    FlowTrace recent = trace(3, Instant.now());
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(List.of(old, older, recent));
    }
    TraceStore keeping = open(uri + "&retention=10d");
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
    PostgresConfig config =
        PostgresConfig.of("db")
            .hosts("one:1234", "two")
            .user("me")
            .password("p@ss")
            .maxConnections(7)
            .partitionInterval(PartitionInterval.WEEKLY)
            .retention(Duration.ofDays(9))
            .driverOption("sslmode", "prefer");
    assertThat(config.toUri())
        .isEqualTo(
            StoreUri.parse(
                "postgresql://me:p%40ss@one:1234,two/db?maxConnections=7"
                    + "&partitionInterval=WEEKLY&retention=777600000&sslmode=prefer"));
    assertThat(config.toString()).doesNotContain("p@ss").doesNotContain("p%40ss");
  }
}
