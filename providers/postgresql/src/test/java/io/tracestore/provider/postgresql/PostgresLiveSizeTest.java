package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.RetentionPolicy;
import io.tracestore.TraceStores;
import io.tracestore.model.Bytes;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.PostgresServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code dataBytes} counts rows that are there, not the space that removed ones have left. */
@Timeout(60)
class PostgresLiveSizeTest extends PostgresTests {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07Z");
  private static final long MIB = 1 << 20;

  private String uri;
  private TraceStore store;

  /** Opens a store without partitions, so that nothing is dropped, and without vacuum. */
  @BeforeEach
  void openWithoutVacuum() {
    uri = newUri("partitioning=false&minConnections=0");
    store = open(uri);
    String schema = PostgresServer.schemaOf(uri);
    for (String table : List.of("events_default", "events_early", "traces", "names")) {
      server()
          .execute(
              "ALTER TABLE %s.%s SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)"
                  .formatted(schema, table));
    }
  }

  @Test
  void anEmptyStoreHasNoData() {
    assertThat(store.metrics().dataBytes()).isZero();
  }

  @Test
  void afterAPurgeItFallsWithoutAVacuum() {
    store.storeTraces(small(2_000));
    long storage = store.metrics().storageBytes();
    assertThat(store.metrics().dataBytes()).isBetween(storage / 2, storage);

    store.purgeBefore(START.plusSeconds(1_000));
    assertThat(store.metrics().dataBytes()).isBetween(storage / 4, storage * 6 / 10);
    assertThat(store.metrics().storageBytes()).isGreaterThanOrEqualTo(storage);

    store.purgeBefore(START.plusSeconds(2_000));
    assertThat(store.metrics().dataBytes()).isZero();
    assertThat(store.metrics().storageBytes()).isGreaterThanOrEqualTo(storage);
  }

  @Test
  void itIsRightAlsoAfterAVacuumThatLeavesTheSpaceInTheTable() {
    store.storeTraces(IntStream.range(0, 200).mapToObj(i -> of(i, 50, 100)).toList());
    // The newest row stays at the end of the table, which keeps its size.
    for (FlowTrace trace : small(195)) {
      store.deleteTrace(trace.traceId());
    }
    server().execute("VACUUM %s.events_default".formatted(PostgresServer.schemaOf(uri)));
    assertThat(store.metrics().dataBytes()).isLessThan(store.metrics().storageBytes() / 20);
  }

  /** The store has more pages than are read. */
  @Test
  void itIsNearlyRightInALargeStoreAndNeverGrowsByRemoving() {
    store.storeTraces(IntStream.range(0, 4_000).mapToObj(i -> of(i, 20, 400)).toList());
    assertThat(server().select(uri, "SELECT pg_relation_size('events_default') / 8192 > 3 * 1024"))
        .containsExactly("t");
    long storage = store.metrics().storageBytes();
    long before = store.metrics().dataBytes();
    assertThat(before).isBetween(storage * 7 / 10, storage);
    for (int quarter = 1; quarter <= 3; quarter++) {
      store.purgeBefore(START.plusSeconds(1_000L * quarter));
      long expected = before * (4 - quarter) / 4;
      assertThat(store.metrics().dataBytes()).isBetween(expected * 9 / 10, expected * 11 / 10);
    }
  }

  @Test
  void largeValuesOutsideOfTheirRowsCount() {
    store.storeTraces(List.of(of(0, 1, 8 << 20), of(1, 1, 100)));
    assertThat(store.metrics().dataBytes()).isBetween(8 * MIB, 9 * MIB);
    store.deleteTrace(of(0, 1, 1).traceId());
    assertThat(store.metrics().dataBytes()).isLessThan(MIB / 10);
  }

  @Test
  void maxSizeRemovesNoMoreThanExceedsIt() {
    List<FlowTrace> traces = IntStream.range(0, 500).mapToObj(i -> of(i, 1, 20_000)).toList();
    store.storeTraces(traces);
    long limit = 6 * MIB;
    RetentionPolicy policy = new RetentionPolicy(null, limit, Duration.ofMillis(10));
    try (TraceStore retaining = TraceStores.withRetention(TraceStores.open(uri), policy)) {
      await("two runs", () -> counter(retaining, "retentionRuns") >= 2);
      assertThat(retaining.metrics().dataBytes()).isBetween(limit * 85 / 100, limit);
      assertThat(retaining.healthCheck().warnings()).isEmpty();
      List<FlowTrace> left =
          retaining.queryTraces(TraceQuery.builder().limit(500).withEvents(false).build());
      assertThat(left).hasSizeBetween(250, 320);
      assertThat(left.getLast().traceId()).isEqualTo(traces.get(500 - left.size()).traceId());
    }
  }

  private static long counter(TraceStore store, String name) {
    return store.metrics().counters().getOrDefault(name, -1L);
  }

  private static List<FlowTrace> small(int count) {
    return IntStream.range(0, count).mapToObj(i -> of(i, 5, 100)).toList();
  }

  /**
   * Trace {@code number}, which starts {@code number} seconds after the first, with random
   * payloads.
   */
  private static FlowTrace of(int number, int events, int payload) {
    Random random = new Random(number);
    Instant start = START.plusSeconds(number);
    FlowTrace trace = trace(number, start, 0);
    return trace.withEvents(
        IntStream.range(0, events)
            .mapToObj(i -> {
              byte[] content = new byte[payload];
              random.nextBytes(content);
              return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor")
                  .timestamp(start.plusNanos(i))
                  .data(
                      TraceEventData.builder()
                          .message(MessageSnapshot.of("bytes", Bytes.of(content)))
                          .build())
                  .build();
            })
            .toList());
  }
}
