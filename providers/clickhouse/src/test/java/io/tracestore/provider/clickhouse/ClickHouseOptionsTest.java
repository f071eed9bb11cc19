package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.clickhouse.client.api.Client;
import io.tracestore.TraceStores;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.WriterOptions;
import io.tracestore.testing.net.CuttableProxy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each option has its documented effect. */
class ClickHouseOptionsTest extends ClickHouseTests {
  private static final WriterListener LISTENER =
      new WriterListener() {
        @Override
        public void traceNotWritten(FlowTrace trace, TraceStoreException cause) {
          throw cause;
        }

        @Override
        public void eventsNotWritten(
            TraceId traceId, List<TraceEvent> events, TraceStoreException cause) {
          throw cause;
        }
      };

  @Test
  void databaseNamesWhereTheTablesAre() {
    try (TraceStore store =
        TraceStores.open(uri.replace("/" + database, "/"), Map.of("database", database))) {
      store.storeTrace(ClickHouseSamples.trace(1));
      assertThat(server.text("SELECT count() FROM " + database + ".traces")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"LZ4", "ZSTD", "NONE"})
  void everyCompressionBringsTheSameRowsOver(String compression) {
    try (TraceStore store = TraceStores.open(uri, Map.of("compression", compression))) {
      store.storeTraces(ClickHouseSamples.traces(0, 100));
      assertThat(store.queryTraces(TraceQuery.ALL))
          .isEqualTo(ClickHouseSamples.traces(0, 100).reversed());
    }
  }

  @Test
  void compressionMakesWhatIsSentSmaller() throws IOException {
    long plain = neededBytes("NONE");
    assertThat(neededBytes("LZ4")).isLessThan(plain);
    assertThat(neededBytes("ZSTD")).isLessThan(plain);
  }

  /** How many bytes may pass before a cut is made: what storing takes, or up to twice that. */
  private long neededBytes(String compression) throws IOException {
    long bytes = 4_096;
    long first = 0;
    try (CuttableProxy proxy = new CuttableProxy(server.host(), server.port());
        TraceStore store =
            TraceStores.open(
                server.at("127.0.0.1", proxy.port()).uri(database, ""),
                Map.of("compression", compression, "connectionTimeoutMs", "60000"))) {
      long cuts;
      do {
        bytes *= 2;
        cuts = proxy.cuts();
        proxy.cutAfter(bytes);
        // New traces: stored ones would not be sent again.
        store.storeTraces(ClickHouseSamples.traces(first, first + 1_000));
        first += 1_000;
      } while (proxy.cuts() > cuts && bytes < 1L << 30);
      return bytes;
    }
  }

  @Test
  void batchSizeBoundsTheEventsOfABlock() {
    try (TraceStore store = TraceStores.open(uri, Map.of("batchSize", "60"))) {
      server.execute("SYSTEM STOP MERGES " + database + ".records");
      store.storeTraces(ClickHouseSamples.traces(0, 100));
      // A trace of 5 events makes 13 rows; twelve traces fill a block.
      assertThat(server.text(maxRowsOfAPart())).isEqualTo("156");
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(100);
    }
  }

  @Test
  void flushIntervalMsBoundsHowLongAWriterWaitsForMore() {
    WriterOptions patient = WriterOptions.builder(LISTENER).maxDelay(Duration.ofDays(1)).build();
    try (TraceStore store = TraceStores.open(uri, Map.of("flushIntervalMs", "20"));
        TraceWriter writer = store.writer(patient)) {
      writer.write(ClickHouseSamples.trace(1));
      while (store.count(TraceQuery.ALL) == 0) {
        Thread.onSpinWait();
      }
      assertThat(store.getTrace(ClickHouseSamples.traceId(1))).contains(ClickHouseSamples.trace(1));
    }
  }

  @Test
  void flushIntervalMsLetsAnImpatientWriterBe() {
    WriterOptions impatient = WriterOptions.builder(LISTENER).maxDelay(Duration.ZERO).build();
    try (TraceStore store = TraceStores.open(uri, Map.of("flushIntervalMs", "7d"));
        TraceWriter writer = store.writer(impatient)) {
      writer.write(ClickHouseSamples.trace(1));
      while (store.count(TraceQuery.ALL) == 0) {
        Thread.onSpinWait();
      }
      assertThat(writer.metrics().batches()).isEqualTo(1);
    }
  }

  @Test
  void itemsOfAWriterAreStoredWhenItIsClosed() {
    WriterOptions patient = WriterOptions.builder(LISTENER).maxDelay(Duration.ofDays(1)).build();
    try (TraceStore store = TraceStores.open(uri, Map.of("flushIntervalMs", "7d"))) {
      try (TraceWriter writer = store.writer(patient)) {
        ClickHouseSamples.traces(0, 100).forEach(writer::write);
      }
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(100);
    }
  }

  private String maxRowsOfAPart() {
    return "SELECT max(rows) FROM system.parts WHERE active AND table = 'records' AND database = '%s'"
        .formatted(database);
  }

  @Test
  void maxConnectionsBoundsTheRequestsAtOnce() throws InterruptedException {
    try (TraceStore store = TraceStores.open(uri, Map.of("maxConnections", "3"))) {
      store.storeTraces(ClickHouseSamples.traces(0, 20));
      List<Thread> readers =
          java.util.stream.LongStream.range(0, 20)
              .mapToObj(
                  i -> Thread.ofVirtual().start(() -> store.getTrace(ClickHouseSamples.traceId(i))))
              .toList();
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(store.metrics().read().count()).isEqualTo(20);
      assertThat(store.metrics().read().errors()).isZero();
    }
  }

  @Test
  void retentionLetsTheServerRemoveWhatIsOlder() {
    Instant now = Instant.now();
    FlowTrace old = startedAt(1, now.minus(Duration.ofDays(40)));
    FlowTrace young = startedAt(2, now.minus(Duration.ofDays(5)));
    FlowTrace ancient = startedAt(3, EpochNanos.MIN);
    FlowTrace future = startedAt(4, EpochNanos.MAX);
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(List.of(old, young, ancient, future));
      assertThat(store.capabilities()).doesNotContain(Capability.EVICTING);
    }
    try (TraceStore store = TraceStores.open(uri, Map.of("retention", "30d"))) {
      assertThat(store.capabilities()).contains(Capability.EVICTING);
      server.execute("OPTIMIZE TABLE " + database + ".records FINAL");
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(future, young);
      assertThat(store.getTrace(old.traceId())).isEmpty();
    }
  }

  @Test
  void anOpenWithoutRetentionDaysChangesNoRetention() {
    TraceStores.open(uri, Map.of("retention", "30d")).close();
    String table = server.text("SHOW CREATE TABLE " + database + ".records");
    assertThat(table).contains("toIntervalDay(30)");
    try (TraceStore store = TraceStores.open(uri)) {
      assertThat(store.capabilities()).contains(Capability.EVICTING);
    }
    assertThat(server.text("SHOW CREATE TABLE " + database + ".records")).isEqualTo(table);
  }

  @Test
  void anOpenWithTheSameRetentionDaysMakesTheServerDoNothing() {
    TraceStores.open(uri, Map.of("retention", "30d")).close();
    TraceStores.open(uri, Map.of("retention", "30d")).close();
    assertThat(
            server.text(
                "SELECT count() FROM system.mutations WHERE database = '%s' AND command LIKE '%%TTL%%'"
                    .formatted(database)))
        .isEqualTo("1");
  }

  @Test
  void noRetentionDaysThatAreAskedForKeepEverything() {
    TraceStores.open(uri, Map.of("retention", "30d")).close();
    try (TraceStore store = TraceStores.open(uri, Map.of("retention", "0"))) {
      assertThat(store.capabilities()).doesNotContain(Capability.EVICTING);
    }
    assertThat(server.text("SHOW CREATE TABLE " + database + ".records")).doesNotContain("TTL");
  }

  @Test
  void createFalseMakesNothing() {
    assertThatThrownBy(() -> TraceStores.open(uri, Map.of("create", "false")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(database)
        .hasMessageContaining("create=false");
    assertThat(server.lines("SHOW DATABASES")).doesNotContain(database);
    TraceStores.open(uri).close();
    try (TraceStore store = TraceStores.open(uri, Map.of("create", "false"))) {
      assertThat(store.count(TraceQuery.ALL)).isZero();
    }
  }

  @Test
  void theIdentityIsThatOfTheTables() {
    String identity;
    try (TraceStore store = TraceStores.open(uri);
        TraceStore same = TraceStores.open(uri, Map.of("batchSize", "10"))) {
      identity = store.identity();
      assertThat(same.identity()).isEqualTo(identity).startsWith("clickhouse:");
    }
    server.drop(uri);
    try (TraceStore again = TraceStores.open(uri)) {
      assertThat(again.identity()).isNotEqualTo(identity);
    }
  }

  @Test
  void rowsHiddenByAPurgeDoNotCountAsData() {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(ClickHouseSamples.traces(0, 2_000));
      long before = store.metrics().dataBytes();
      store.purgeBefore(ClickHouseSamples.START.plusSeconds(1_900));
      assertThat(store.metrics().dataBytes()).isLessThan(before / 2);
    }
  }

  @Test
  void aHealthCheckLeavesOneRowHoweverOftenItIsMade() {
    try (TraceStore store = TraceStores.open(uri)) {
      for (int i = 0; i < 3; i++) {
        assertThat(store.healthCheck().detail()).startsWith("wrote to");
      }
      assertThat(server.text("SELECT count() FROM " + database + ".records")).isEqualTo("1");
      assertThat(store.metrics().gauges()).containsEntry("partitions", 0L);
      server.execute(
          "ALTER TABLE %s.records MODIFY SETTING table_readonly = 1".formatted(database));
      assertThatThrownBy(store::healthCheck).isInstanceOf(TraceStoreException.class);
    }
  }

  @Test
  void retentionOfWhatCameBeforeItsTraceAreCountedFromWhenItCame() {
    FlowTrace kept = startedAt(1, Instant.now());
    FlowTrace older = startedAt(2, kept.startTime().plusSeconds(1));
    TraceQuery byActor = TraceQuery.builder().actor(kept.events().getFirst().actorId()).build();
    try (TraceStore store = TraceStores.open(uri, Map.of("retention", "36500d"))) {
      store.storeEvents(kept.traceId(), kept.events());
    }
    // The same of another trace, 31 days earlier.
    server.execute(
        """
        INSERT INTO %1$s.records SELECT * REPLACE \
        (rev - 31 * 86400000000000 AS rev, unhex('%2$s') AS trace_id) FROM %1$s.records\
        """
            .formatted(database, older.traceId().toString().replace("-", "")));
    try (TraceStore store = TraceStores.open(uri, Map.of("retention", "30d"))) {
      store.storeTraces(List.of(kept.withEvents(List.of()), older.withEvents(List.of())));
      server.execute("OPTIMIZE TABLE " + database + ".records FINAL");
      assertThat(store.queryTraces(TraceQuery.ALL))
          .containsExactly(older.withEvents(List.of()), kept);
      assertThat(store.queryTraces(byActor)).containsExactly(kept);
      assertThat(store.count(byActor)).isEqualTo(1);
    }
  }

  private static FlowTrace startedAt(long number, Instant start) {
    FlowTrace trace = ClickHouseSamples.trace(number);
    return trace.toBuilder()
        .startTime(start)
        .events(
            trace.events().stream()
                .map(event -> event.toBuilder().timestamp(start).build())
                .toList())
        .build();
  }

  @Test
  void anAccessTokenIsSentInsteadOfUserAndPassword() {
    String anonymous = uri.replaceFirst("//[^@]*@", "//");
    assertThatThrownBy(() -> TraceStores.open(anonymous, Map.of("accessToken", "wr0ng-t0ken")))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageNotContaining("wr0ng-t0ken");
  }

  @Test
  void theClientIsThereForQueriesOfOnesOwn() throws Exception {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(ClickHouseSamples.traces(0, 3));
      Client client = store.unwrap(Client.class);
      assertThat(
              client
                  .queryAll("SELECT actor_id, count() FROM " + database + ".events GROUP BY 1")
                  .size())
          .isEqualTo(4);
    }
  }

  @Test
  void aClusterIsAskedForTheTablesOnAllOfIt() {
    // One server alone has no Keeper: what it refuses names the cluster.
    assertThatThrownBy(() -> TraceStores.open(uri, Map.of("cluster", "no_such_cluster")))
        .hasMessageContaining("no_such_cluster");
  }
}
