package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.testing.postgresql.PostgresServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Partitions are added and removed without an effect on any trace. */
class PostgresPartitionsTest extends PostgresTests {
  private static final int PROCESSES = 4;
  private static final int TRACES_EACH = 400;

  @Test
  void partitionsAreMadeAheadOfNeed() {
    String uri = newUri("partitionInterval=HOURLY");
    open(uri);
    Instant inTwoHours = Instant.now().plus(Duration.ofHours(2));
    await(
        "a partition ahead",
        () ->
            PartitionTable.of(server(), uri).ranges().stream()
                .anyMatch(range -> range.contains(inTwoHours)));
    assertThat(PartitionTable.of(server(), uri).around(inTwoHours).hours()).isEqualTo(1);
  }

  @Test
  void aLateTraceGetsThePartitionOfItsTime() {
    String uri = newUri("");
    FlowTrace late = trace(1, Instant.now().minus(Duration.ofDays(9)));
    open(uri).storeTrace(late);
    assertThat(PartitionTable.of(server(), uri).around(late.startTime()).hours()).isEqualTo(24);
  }

  @Test
  void tracesFarAwayInTimeGoToTheDefaultPartitionAndAreReadBack() {
    String uri = newUri("");
    TraceStore store = open(uri);
    List<FlowTrace> far =
        List.of(
            trace(1, EpochNanos.MAX.minusSeconds(10)),
            trace(2, Instant.now().plus(Duration.ofDays(4000))),
            trace(3, EpochNanos.MIN));
    store.storeTraces(far);
    assertThat(store.queryTraces(TraceQuery.ALL)).isEqualTo(far);
    assertThat(server().select(uri, "SELECT count(*) FROM events_default")).containsExactly("15");
  }

  @Test
  void tracesStoredWithoutPartitionsStayReadableWhenThereAreSome() {
    String uri = newUri("");
    FlowTrace before = trace(1, Instant.now());
    try (TraceStore store = TraceStores.open(uri + "&partitioning=false")) {
      store.storeTrace(before);
    }
    TraceStore store = open(uri);
    FlowTrace after = trace(2, before.startTime());
    store.storeTrace(after);
    assertThat(server().select(uri, "SELECT DISTINCT trace_id FROM events_default"))
        .containsExactly(before.traceId().toString());
    assertThat(store.getTrace(before.traceId())).contains(before);
    assertThat(store.queryTraces(TraceQuery.ALL)).containsExactly(before, after);
  }

  @Test
  void theIntervalMayBeSwitchedOnAnExistingDatabase() {
    String uri = newUri("");
    List<FlowTrace> traces = new ArrayList<>();
    String[] intervals = {"DAILY", "HOURLY", "MONTHLY", "WEEKLY", "DAILY"};
    for (int i = 0; i < intervals.length; i++) {
      try (TraceStore store = TraceStores.open(uri + "&partitionInterval=" + intervals[i])) {
        // It makes partitions of this interval ahead, also where those of the last days exist.
        await("the first upkeep has ended", () -> isUpkeepAsleep(uri));
        for (int day = 0; day < 20; day += 4) {
          FlowTrace trace =
              trace(i * 100L + day, Instant.now().minus(Duration.ofHours(24L * day + 3L * i)));
          store.storeTrace(trace);
          traces.add(trace);
        }
      }
    }
    traces.sort(FlowTrace.NEWEST_FIRST);
    assertThat(open(uri).queryTraces(TraceQuery.ALL)).isEqualTo(traces);
    List<PartitionTable.Range> ranges = PartitionTable.of(server(), uri).ranges();
    assertThat(ranges.stream().map(PartitionTable.Range::hours).distinct().count())
        .isGreaterThan(1);
  }

  @Test
  void aPurgeDropsWholePartitions() {
    String uri = newUri("");
    TraceStore store = open(uri);
    Instant now = Instant.now();
    store.storeTraces(
        IntStream.range(0, 10)
            .mapToObj(day -> trace(day, now.minus(Duration.ofDays(day))))
            .toList());
    Instant oldest = now.minus(Duration.ofDays(9));
    assertThat(PartitionTable.of(server(), uri).ranges()).anyMatch(range -> range.contains(oldest));
    long removed = store.purgeBefore(now.minus(Duration.ofDays(5)));
    assertThat(removed).isEqualTo(4);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(6);
    assertThat(PartitionTable.of(server(), uri).ranges())
        .noneMatch(range -> range.contains(oldest));
    assertThat(server().select(uri, "SELECT count(*) FROM events")).containsExactly("30");
  }

  @Test
  void tracesOfADayWhosePartitionWasDetachedAreStoredAllTheSame() {
    String uri = newUri("");
    Instant start = Instant.now().minus(Duration.ofDays(5));
    FlowTrace archived = trace(1, start);
    TraceStore store = open(uri);
    store.storeTrace(archived);
    String schema = PostgresServer.schemaOf(uri);
    String partition =
        server().select(uri, "SELECT DISTINCT tableoid::regclass::text FROM events").getFirst();
    server()
        .execute(
            "ALTER TABLE %s.events DETACH PARTITION %s.%s".formatted(schema, schema, partition));
    FlowTrace late = trace(2, start);
    store.storeTrace(late);
    assertThat(store.getTrace(late.traceId())).contains(late);
    // With another process, which has never seen the partition.
    TraceStore other = open(uri);
    FlowTrace later = trace(3, start);
    other.storeTrace(later);
    assertThat(other.queryTraces(TraceQuery.ALL))
        .containsExactly(archived.withEvents(List.of()), late, later);
    store.storeEvent(archived.traceId(), event(1, 7, start));
    assertThat(other.getEvents(archived.traceId())).containsExactly(event(1, 7, start));
    assertThat(server().select(uri, "SELECT count(*) FROM " + partition)).containsExactly("5");
    assertThat(PartitionTable.of(server(), uri).around(start).hours()).isEqualTo(24);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aTraceWhosePartitionIsDroppedDuringACallIsThereWholeOrNotAtAll(boolean byCursor)
      throws Exception {
    String uri = newUri("");
    TraceStore store = open(uri);
    FlowTrace stored = trace(1, Instant.now());
    store.storeTrace(stored);
    assertThat(read(store, byCursor)).containsExactly(stored);
    await("the first upkeep has ended", () -> isUpkeepAsleep(uri));
    String partition =
        server().select(uri, "SELECT DISTINCT tableoid::regclass::text FROM events").getFirst();
    try (ExecutorService reader = Executors.newVirtualThreadPerTaskExecutor();
        Connection dropping = server().connect(uri);
        Statement statement = dropping.createStatement()) {
      dropping.setAutoCommit(false);
      statement.execute("SET search_path TO " + PostgresServer.schemaOf(uri));
      statement.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE");
      Future<List<FlowTrace>> read = reader.submit(() -> read(store, byCursor));
      await(
          "the reader waits",
          () -> waitingForLocks(uri, "query LIKE '%" + nameOfSchema(uri) + "%'") == 1);

      statement.execute("DELETE FROM traces");
      statement.execute("DROP TABLE " + partition);
      dropping.commit();

      assertThat(read.get()).isEmpty();
    }
  }

  private static List<FlowTrace> read(TraceStore store, boolean byCursor) {
    if (!byCursor) {
      return store.queryTraces(TraceQuery.ALL);
    }
    List<FlowTrace> traces = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      cursor.forEachRemaining(traces::add);
    }
    return traces;
  }

  @Test
  void theMetricsNameTheExistingPartitions() {
    String uri = newUri("partitioning=false");
    TraceStore store = open(uri);
    server()
        .execute(
            PostgresServer.partition(
                PostgresServer.schemaOf(uri),
                "mine",
                "2020-01-01T00:00:00Z",
                "2020-02-01T00:00:00Z"));
    Map<String, Long> counters = store.metrics().counters();
    assertThat(counters).containsEntry("partitions", 1L).containsKey("bytes in mine");
  }

  @Test
  void fourProcessesMayWriteAtOnceWhilePartitionsRollOver() throws Exception {
    String uri = newUri("partitionInterval=HOURLY");
    List<Process> writers = new ArrayList<>();
    Instant now = Instant.now();
    for (int i = 0; i < PROCESSES; i++) {
      writers.add(startWriter(uri, i, now));
    }
    List<Integer> codes = new ArrayList<>();
    for (Process writer : writers) {
      codes.add(writer.waitFor());
    }
    assertThat(codes).containsOnly(0);
    List<FlowTrace> all = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      all.addAll(tracesOf(i, now));
    }
    all.sort(FlowTrace.NEWEST_FIRST);
    assertThat(open(uri).queryTraces(TraceQuery.builder().limit(all.size() + 1).build()))
        .isEqualTo(all);
    assertThat(PartitionTable.of(server(), uri).ranges()).hasSizeGreaterThanOrEqualTo(30);
    assertThat(server().select(uri, "SELECT count(*) FROM events_default")).containsExactly("0");
  }

  private static Process startWriter(String uri, int number, Instant now) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            uri,
            Integer.toString(number),
            now.toString())
        .inheritIO()
        .start();
  }

  /** Traces of the last 28 hours; the other processes have the same hours in the same order. */
  private static List<FlowTrace> tracesOf(int process, Instant now) {
    return IntStream.range(0, TRACES_EACH)
        .mapToObj(i -> {
          Duration ago = Duration.ofHours(28).minus(Duration.ofMinutes(4L * i));
          return trace(process * 1_000_000L + i, now.minus(ago));
        })
        .toList();
  }

  /** Another process that writes. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] arguments) {
      Instant now = Instant.parse(arguments[2]);
      try (TraceStore store = TraceStores.open(arguments[0])) {
        tracesOf(Integer.parseInt(arguments[1]), now).forEach(store::storeTrace);
      }
    }
  }
}
