package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call works with very many partitions on a server with default settings, and also on one
 * whose table of locks is far too small for a statement that locks all of them. {@code
 * -Dtracestore.postgres.partitions=2000} sets their number; 400 is the default.
 */
class PostgresScaleTest {
  static final int PARTITIONS = Integer.getInteger("tracestore.postgres.partitions", 400);

  /** The number of partitions that need half of the locks of a server with default settings. */
  private static final int MOST_WITHOUT_WARNING = 800;

  private static final int THREADS = 20;
  private static final int READS = 60;

  /** The start of the newest trace; each of the others is an hour before the next. */
  private static final Instant NEWEST =
      Instant.parse("2026-06-01T00:30:00Z").truncatedTo(ChronoUnit.MINUTES);

  @TempDir Path directory;

  /** A server's programs and settings. */
  record Server(Path programs, String settings) {}

  static Stream<Server> servers() throws IOException {
    List<Server> servers = new ArrayList<>();
    servers.add(new Server(PostgresServers.programs(), "-c max_locks_per_transaction=10"));
    servers.add(new Server(PostgresServers.programs(), ""));
    Path installed = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(installed)) {
      try (Stream<Path> versions = Files.list(installed)) {
        versions
            .map(version -> version.resolve("bin"))
            .filter(programs -> Files.isExecutable(programs.resolve("pg_ctl")))
            .forEach(programs -> servers.add(new Server(programs, "")));
      }
    }
    return servers.stream();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void everyCallWorksWithVeryManyPartitions(Server wanted) throws Exception {
    try (InstalledServer installed =
        InstalledServer.start(wanted.programs(), directory, wanted.settings())) {
      PostgresServer server = installed.server();
      String uri = server.newStoreUri("autoCreatePartitions=false&minConnections=0");
      TraceStores.open(uri).close();
      makePartitions(server, uri);
      try (TraceStore store = TraceStores.open(uri)) {
        List<FlowTrace> all =
            IntStream.range(0, PARTITIONS).mapToObj(PostgresScaleTest::ago).toList();
        store.storeTraces(all);
        assertThat(server.select(uri, "SELECT count(*) FROM events_default")).containsExactly("0");
        reads(store, all);
        sums(store);
        if (wanted.settings().isEmpty()) {
          manyReadAtOnce(store, all);
        }
        changes(store, all);
        boolean tooMany = !wanted.settings().isEmpty() || PARTITIONS > MOST_WITHOUT_WARNING;
        assertThat(store.healthCheck().warnings())
            .hasSize(tooMany ? 1 : 0)
            .allMatch(warning -> warning.startsWith("the store has " + PARTITIONS + " partitions"));
        assertThat(store.metrics().counters()).containsEntry("partitions", (long) PARTITIONS);
        int kept = PARTITIONS / 2;
        assertThat(store.purgeBefore(ago(kept - 1).startTime())).isEqualTo(PARTITIONS - kept);
        assertThat(store.count(TraceQuery.ALL)).isEqualTo(kept);
        assertThat(PartitionTable.of(server, uri).ranges()).hasSize(kept);
      }
    }
  }

  /** With a commit after each: the server keeps the locks of a new table until then. */
  static void makePartitions(PostgresServer server, String uri) {
    String schema = PostgresServer.schemaOf(uri);
    long newest = NEWEST.getEpochSecond() / 3600;
    server.execute(
        """
        DO $$ BEGIN
          FOR hour IN %d..%d LOOP
            EXECUTE format('CREATE TABLE %s.part_%%s PARTITION OF %s.events FOR VALUES FROM (%%s) TO (%%s)',
              hour, hour, hour + 1);
            COMMIT;
          END LOOP;
        END $$\
        """
            .formatted(newest - PARTITIONS + 1, newest, schema, schema));
  }

  static FlowTrace ago(int hours) {
    return PostgresTests.trace(hours, NEWEST.minus(Duration.ofHours(hours)));
  }

  private static void reads(TraceStore store, List<FlowTrace> all) {
    for (FlowTrace trace : all.subList(0, 50)) {
      assertThat(store.getTrace(trace.traceId())).contains(trace);
      assertThat(store.getEvents(trace.traceId())).isEqualTo(trace.events());
    }
    assertThat(store.queryTraces(TraceQuery.builder().limit(PARTITIONS).build())).isEqualTo(all);
    assertThat(store.queryTraces(TraceQuery.builder().flowId("flow 7").limit(20).build()))
        .isEqualTo(
            all.stream().filter(trace -> trace.flowId().equals("flow 7")).limit(20).toList());
    List<FlowTrace> read = new ArrayList<>();
    try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
      cursor.forEachRemaining(read::add);
    }
    assertThat(read).isEqualTo(all);
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(PARTITIONS);
  }

  private static void sums(TraceStore store) {
    assertThat(count(store.eventMetrics(EventMetricsQuery.ALL))).isEqualTo(5L * PARTITIONS);
    assertThat(count(store.eventMetrics(EventMetricsQuery.builder().flowId("flow 7").build())))
        .isEqualTo(5L * (PARTITIONS / 10));
    assertThat(count(store.eventMetrics(EventMetricsQuery.builder().actorId("actor 0").build())))
        .isEqualTo(2L * PARTITIONS);
    assertThat(store.actorGraph(ActorGraphQuery.ALL)).isEmpty();
  }

  private static long count(List<EventMetrics> metrics) {
    return metrics.stream().mapToLong(EventMetrics::events).sum();
  }

  private static void changes(TraceStore store, List<FlowTrace> all) {
    // Again, with an event replaced in each: all that is stored of them is looked at.
    store.storeTraces(all);
    FlowTrace first = all.getFirst();
    TraceEvent replaced = first.events().getFirst();
    store.storeEvent(first.traceId(), replaced);
    assertThat(store.getTrace(first.traceId())).contains(first);
    FlowTrace early = PostgresTests.trace(PARTITIONS + 1, NEWEST);
    store.storeEvents(early.traceId(), early.events());
    assertThat(store.getEvents(early.traceId())).isEqualTo(early.events());
    store.storeTrace(early);
    assertThat(store.getTrace(early.traceId())).contains(early);
    assertThat(store.deleteTrace(early.traceId())).isTrue();
    assertThat(store.count(TraceQuery.ALL)).isEqualTo(all.size());
  }

  private static void manyReadAtOnce(TraceStore store, List<FlowTrace> all) throws Exception {
    try (ExecutorService readers = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        running.add(
            readers.submit(() -> {
              for (int i = 0; i < READS; i++) {
                FlowTrace trace = all.get((number * READS + i) % all.size());
                assertThat(store.getTrace(trace.traceId())).contains(trace);
              }
              assertThat(store.queryTraces(TraceQuery.ALL)).hasSize(100);
            }));
      }
      for (Future<?> one : running) {
        one.get();
      }
    }
  }
}
