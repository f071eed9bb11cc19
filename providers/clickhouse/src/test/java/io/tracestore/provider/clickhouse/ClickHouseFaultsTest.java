package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.testing.net.CuttableProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A store keeps its promises when its server, or the connection to it, fails. */
class ClickHouseFaultsTest extends ClickHouseTests {
  private long rows() {
    return Long.parseLong(server.text("SELECT count() FROM " + database + ".records"));
  }

  @Test
  void aBlockWhoseAnswerWasLostIsNotInsertedAgain() throws IOException {
    try (CuttableProxy proxy = new CuttableProxy(server.host(), server.port());
        TraceStore store =
            TraceStores.open(server.at("127.0.0.1", proxy.port()).uri(database, ""))) {
      // The answer to the question what is there, and that to the insert, are cut at many places.
      int traces = 25;
      for (int i = 0; i < traces; i++) {
        proxy.cutAnswersAfter(60L * i);
        store.storeTrace(ClickHouseSamples.trace(i));
      }
      proxy.cutAnswersAfter(Long.MAX_VALUE);
      assertThat(proxy.cuts()).isGreaterThan(10);
      assertThat(rows()).isEqualTo((long) traces * ClickHouseSamples.ROWS);
      assertThat(store.queryTraces(TraceQuery.ALL))
          .isEqualTo(ClickHouseSamples.traces(0, traces).reversed());
    }
  }

  @Test
  void anEventIsReplacedThoughTheClockWentBack() {
    FlowTrace trace = ClickHouseSamples.trace(1);
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeEvents(trace.traceId(), trace.events());
    }
    server.execute(
        "INSERT INTO %1$s.records SELECT * REPLACE (rev + 3600000000000 AS rev) FROM %1$s.records"
            .formatted(database));
    try (TraceStore store = TraceStores.open(uri)) {
      TraceEvent replaced = trace.events().getFirst().toBuilder().actorId("another").build();
      store.storeEvent(trace.traceId(), replaced);
      assertThat(store.getEvents(trace.traceId())).first().isEqualTo(replaced);
    }
  }

  @Test
  void aBlockThatIsCutOnItsWayIsSentAgain() throws IOException {
    try (CuttableProxy proxy = new CuttableProxy(server.host(), server.port());
        TraceStore store =
            TraceStores.open(server.at("127.0.0.1", proxy.port()).uri(database, ""))) {
      int traces = 20;
      for (int i = 0; i < traces; i++) {
        proxy.cutAfter(400L * i);
        store.storeTrace(ClickHouseSamples.trace(i));
      }
      proxy.cutAfter(Long.MAX_VALUE);
      assertThat(proxy.cuts()).isGreaterThan(5);
      assertThat(rows()).isEqualTo((long) traces * ClickHouseSamples.ROWS);
      assertThat(store.queryTraces(TraceQuery.ALL))
          .isEqualTo(ClickHouseSamples.traces(0, traces).reversed());
    }
  }

  /** A block with so many rows that several processors encode it. */
  private static List<FlowTrace> largeBlock() {
    return LongStream.range(0, 400).mapToObj(i -> ClickHouseSamples.trace(i, 20)).toList();
  }

  @Test
  void aLargeBlockThatIsCutOnItsWayIsStoredWhole() throws IOException {
    try (CuttableProxy proxy = new CuttableProxy(server.host(), server.port());
        TraceStore store =
            TraceStores.open(
                server.at("127.0.0.1", proxy.port()).uri(database, "compression=NONE"))) {
      for (int cut = 0; cut < 8; cut++) {
        proxy.cutAfter(200_000L * (cut + 1));
        store.storeTraces(largeBlock());
        assertThat(store.queryTraces(TraceQuery.builder().limit(400).build()))
            .isEqualTo(largeBlock().reversed());
        proxy.cutAfter(Long.MAX_VALUE);
        store.purgeBefore(ClickHouseSamples.START.plus(Duration.ofDays(1)));
      }
      assertThat(proxy.cuts()).isGreaterThan(4);
    }
  }

  @Test
  void ofALargeBlockWhoseFirstHalfIsStoredAlreadyTheOtherIsAdded() {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(largeBlock().subList(0, 250));
      store.storeTraces(largeBlock());
      assertThat(store.queryTraces(TraceQuery.builder().limit(400).build()))
          .isEqualTo(largeBlock().reversed());
    }
  }

  @Test
  void aServerThatIsAwayAtOpenIsUnavailable() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    String away = server.at("127.0.0.1", nobody).uri(database, "connectionTimeoutMs=300");
    assertThatThrownBy(() -> TraceStores.open(away))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessageNotContaining(server.password());
  }

  @Test
  void anotherHostAnswersForOneThatIsAway() throws IOException {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    String hosts = "127.0.0.1:%d,%s:%d".formatted(nobody, server.host(), server.port());
    String both = uri.replace(server.host() + ":" + server.port(), hosts);
    try (TraceStore store = TraceStores.open(both)) {
      store.storeTrace(ClickHouseSamples.trace(1));
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
    }
  }

  @Test
  void aWrongPasswordIsNamedWithoutShowingIt() {
    String wrong = server.as(server.user(), "wr0ng-passw0rd").uri(database, "");
    StoreConfigurationException failure =
        catchThrowableOfType(StoreConfigurationException.class, () -> TraceStores.open(wrong));
    assertThat(failure)
        .hasMessageContaining("check user and password")
        .hasMessageNotContaining("wr0ng");
    assertThat(failure.isRetryable()).isFalse();
  }

  @Test
  void aQueryThatNeedsTooMuchMemoryIsRefusedAndTheStoreGoesOn() {
    try (TraceStore store = TraceStores.open(uri, java.util.Map.of("maxMemoryUsage", "60000000"))) {
      FlowTrace huge = ClickHouseSamples.large(1, 80_000_000);
      assertThatThrownBy(() -> store.storeTrace(huge))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("maxMemoryUsage");
      assertThat(store.getTrace(huge.traceId())).isEmpty();
      store.storeTrace(ClickHouseSamples.trace(2));
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(1);
    }
  }

  @Test
  void aCallThatTakesTooLongIsATimeout() {
    TraceStores.open(uri).close();
    // One trace of it all: it has to be read whole.
    server.execute(
        """
        INSERT INTO %s.records (section, trace_id, ids, ts, event_type)
        SELECT 'trace', toFixedString(unhex('%s'), 16),
        [toFixedString(unhex(lower(hex(sipHash128(number)))), 16)],
        fromUnixTimestamp64Nano(toInt64(number), 'UTC'), 'ActorStarted' FROM numbers(2000000)\
        """
            .formatted(database, "00000000000000050000000000000001"));
    try (TraceStore store = TraceStores.open(uri, java.util.Map.of("maxExecutionTimeMs", "100"))) {
      StoreTimeoutException failure =
          catchThrowableOfType(
              StoreTimeoutException.class, () -> store.getEvents(ClickHouseSamples.traceId(5)));
      assertThat(failure).hasMessageContaining("maxExecutionTimeMs");
      assertThat(failure.isRetryable()).isTrue();
    }
  }

  @Test
  void tooManyPartsHoldWritersBackAndAreReportedInTheEnd() throws InterruptedException {
    try (TraceStore store =
        TraceStores.open(uri, java.util.Map.of("connectionTimeoutMs", "1000"))) {
      store.storeTrace(ClickHouseSamples.trace(1));
      setPartsToThrow(1);
      assertThatThrownBy(() -> store.storeTrace(ClickHouseSamples.trace(2)))
          .isInstanceOf(StoreUnavailableException.class);
    }
    try (TraceStore store = TraceStores.open(uri)) {
      Thread writer = Thread.ofVirtual().start(() -> store.storeTrace(ClickHouseSamples.trace(3)));
      setPartsToThrow(3000);
      writer.join();
      assertThat(store.getTrace(ClickHouseSamples.traceId(3))).isPresent();
    }
  }

  private void setPartsToThrow(int parts) {
    server.execute(
        "ALTER TABLE %s.records MODIFY SETTING parts_to_throw_insert = %d, parts_to_delay_insert = %d"
            .formatted(database, parts, parts));
  }

  @Test
  void aFullDiskIsReportedAndTheStoreGoesOnWhenThereIsRoom() {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTrace(ClickHouseSamples.trace(1));
      setBytesToKeepFree(Long.MAX_VALUE);
      assertThatThrownBy(() -> store.storeTrace(ClickHouseSamples.trace(2)))
          .isInstanceOf(StoreCapacityException.class)
          .hasMessageContaining("give the server more room");
      assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(ClickHouseSamples.trace(1));
      setBytesToKeepFree(0);
      store.storeTrace(ClickHouseSamples.trace(2));
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
    }
  }

  /** Makes the server refuse writes in the same way as on a full disk. */
  private void setBytesToKeepFree(long bytes) {
    server.execute(
        "ALTER TABLE %s.records MODIFY SETTING min_free_disk_bytes_to_perform_insert = %d"
            .formatted(database, bytes));
  }

  @Test
  void aRepeatedCallWritesNothing() {
    try (TraceStore store = TraceStores.open(uri)) {
      store.storeTraces(ClickHouseSamples.traces(0, 10));
      long rows = rows();
      store.storeTraces(ClickHouseSamples.traces(0, 10));
      store.storeEvents(ClickHouseSamples.traceId(3), ClickHouseSamples.trace(3).events());
      assertThat(rows()).isEqualTo(rows);
    }
  }

  @Test
  void aTableDroppedUnderTheStoreIsNamedAndMadeAgainByTheNextOpen() {
    try (TraceStore store = TraceStores.open(uri)) {
      server.drop(uri);
      assertThatThrownBy(() -> store.storeTrace(ClickHouseSamples.trace(1)))
          .isInstanceOf(StoreConfigurationException.class)
          .hasMessageContaining("open the store again");
      assertThatThrownBy(() -> store.count(TraceQuery.ALL))
          .isInstanceOf(StoreConfigurationException.class);
    }
    try (TraceStore again = TraceStores.open(uri)) {
      again.storeTrace(ClickHouseSamples.trace(1));
      assertThat(again.count(TraceQuery.ALL)).isEqualTo(1);
    }
  }

  @Test
  void aSchemaOfANewerReleaseIsRefused() {
    TraceStores.open(uri).close();
    server.execute("INSERT INTO " + database + ".schema_version (version) VALUES (99)");
    assertThatThrownBy(() -> TraceStores.open(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining("99");
  }

  @Test
  void aServerThatDoesNotAnswerInTimeIsATimeout() throws IOException {
    try (CuttableProxy proxy = new CuttableProxy(server.host(), server.port())) {
      String slow =
          server
              .at("127.0.0.1", proxy.port())
              .uri(database, "maxExecutionTimeMs=2000&connectionTimeoutMs=300");
      try (TraceStore store = TraceStores.open(slow)) {
        store.storeTrace(ClickHouseSamples.trace(1));
        proxy.hold();
        TraceStoreException failure;
        try {
          failure =
              catchThrowableOfType(
                  TraceStoreException.class, () -> store.storeTrace(ClickHouseSamples.trace(2)));
        } finally {
          proxy.release();
        }
        assertThat(failure).isInstanceOf(StoreTimeoutException.class);
        store.storeTrace(ClickHouseSamples.trace(2));
        assertThat(store.count(TraceQuery.ALL)).isEqualTo(2);
      }
    }
  }
}
