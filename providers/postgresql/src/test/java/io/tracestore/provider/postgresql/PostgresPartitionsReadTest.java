package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.testing.postgresql.InstalledServer;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The partitions and rows that each call reads, by the plans that the server writes into its log: a
 * partition in a plan was locked and planned for, also if it was not read.
 */
@Timeout(120)
class PostgresPartitionsReadTest {
  private static final int PARTITIONS = PostgresScaleTest.PARTITIONS;

  /** The largest number of partitions that a statement names. */
  private static final int AT_ONCE = 64;

  private static final Pattern PLANS = Pattern.compile("LOG:  duration: ");
  private static final Pattern PARTITION = Pattern.compile("\\bpart_(\\d+)");
  private static final Pattern ROWS =
      Pattern.compile(
          "(?<!Bitmap Index )Scan (?:Backward )?(?:using \\S+ )?on (?:\\w+\\.)?(?:traces|names|part_|events_).*"
              + "\\(actual rows=([0-9.]+) loops=(\\d+)\\)");

  @TempDir Path directory;

  /**
   * Reads of the statements of one call.
   *
   * @param mostAtOnce the most partitions in one plan
   * @param partitions how many partitions were in any plan
   * @param rows how many rows of the store's tables were read
   * @param removed whether a plan was made for partitions that turned out not to be needed
   */
  record Reads(int mostAtOnce, int partitions, long rows, boolean removed) {
    static Reads of(String log) {
      int most = 0;
      Set<String> all = new HashSet<>();
      for (String plan : PLANS.splitAsStream(log).toList()) {
        Set<String> own = new HashSet<>();
        Matcher matcher = PARTITION.matcher(plan);
        while (matcher.find()) {
          own.add(matcher.group(1));
        }
        most = Math.max(most, own.size());
        all.addAll(own);
      }
      double rows = 0;
      Matcher scans = ROWS.matcher(log);
      while (scans.find()) {
        rows += Double.parseDouble(scans.group(1)) * Long.parseLong(scans.group(2));
      }
      return new Reads(most, all.size(), Math.round(rows), log.contains("Subplans Removed"));
    }
  }

  /** The largest number of partitions in one plan, of partitions in all plans, and of rows. */
  private record Bound(int mostAtOnce, int partitions, long rows) {}

  @Test
  void noCallPlansForPartitionsThatItDoesNotNeedAndEachReadsABoundOfRows() throws Exception {
    String settings =
        "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"
            + " -c auto_explain.log_analyze=on -c auto_explain.log_timing=off";
    try (InstalledServer installed =
        InstalledServer.start(PostgresServers.programs(), directory, settings)) {
      PostgresServer server = installed.server();
      String uri = server.newStoreUri("autoCreatePartitions=false&minConnections=0");
      TraceStores.open(uri).close();
      PostgresScaleTest.makePartitions(server, uri);
      try (TraceStore store = TraceStores.open(uri)) {
        store.storeTraces(IntStream.range(0, PARTITIONS).mapToObj(PostgresScaleTest::ago).toList());
        PostgresTests.await("the first upkeep has ended", () -> PostgresTests.isUpkeepAsleep(uri));
        Map<String, Bound> bounds = new LinkedHashMap<>();
        Map<String, Runnable> calls = new LinkedHashMap<>();
        keyed(store, calls, bounds);
        searches(store, calls, bounds);
        overAll(store, calls, bounds);
        Map<String, Reads> seen = new LinkedHashMap<>();
        calls.forEach((name, call) -> {
          Reads reads = reads(call);
          seen.put(name, reads);
          Bound bound = bounds.get(name);
          assertThat(bound).as(name).isNotNull();
          assertThat(reads.removed).as("%s: %s", name, reads).isFalse();
          assertThat(reads.mostAtOnce)
              .as("%s: %s", name, reads)
              .isLessThanOrEqualTo(bound.mostAtOnce);
          assertThat(reads.partitions)
              .as("%s: %s", name, reads)
              .isLessThanOrEqualTo(bound.partitions);
          assertThat(reads.rows).as("%s: %s", name, reads).isLessThanOrEqualTo(bound.rows);
        });
        // Or nothing was logged.
        assertThat(seen.get("getTrace")).isEqualTo(new Reads(1, 1, 8, false));
        // Two of the twenty are of one hour.
        assertThat(seen.get("queryTraces")).isEqualTo(new Reads(19, 19, 120, false));
        assertThat(seen.get("eventMetrics"))
            .extracting(Reads::mostAtOnce, Reads::partitions)
            .containsExactly(AT_ONCE, PARTITIONS);
      }
    }
  }

  /** A call that names one trace touches the partition of that trace alone. */
  private static void keyed(
      TraceStore store, Map<String, Runnable> calls, Map<String, Bound> bounds) {
    FlowTrace trace = PostgresScaleTest.ago(PARTITIONS / 2);
    calls.put("getTrace", () -> assertThat(store.getTrace(trace.traceId())).contains(trace));
    calls.put("getEvents", () -> assertThat(store.getEvents(trace.traceId())).hasSize(5));
    calls.put("storeTrace again", () -> store.storeTrace(trace));
    calls.put("storeEvent again", () -> store.storeEvent(trace.traceId(), trace.events().get(2)));
    calls.put(
        "storeTrace",
        () ->
            store.storeTrace(PostgresTests.trace(1_000_000, PostgresScaleTest.ago(3).startTime())));
    calls.put(
        "storeEvent",
        () -> store.storeEvent(trace.traceId(), PostgresTests.event(1, 9, trace.startTime())));
    calls.put("healthCheck", store::healthCheck);
    calls.put("identity", store::identity);
    calls.put("sync", store::sync);
    calls.keySet().forEach(name -> bounds.put(name, new Bound(1, 1, 60)));
    FlowTrace other = PostgresScaleTest.ago(PARTITIONS / 3);
    // Beside its own rows those in which its names are looked for.
    calls.put("deleteTrace", () -> assertThat(store.deleteTrace(other.traceId())).isTrue());
    bounds.put("deleteTrace", new Bound(1, 1, 2L * PARTITIONS));
  }

  /** A page touches the partitions of its traces. */
  private static void searches(
      TraceStore store, Map<String, Runnable> calls, Map<String, Bound> bounds) {
    TraceQuery newest = TraceQuery.builder().limit(20).build();
    calls.put("queryTraces", () -> assertThat(store.queryTraces(newest)).hasSize(20));
    bounds.put("queryTraces", new Bound(20, 20, 20 + 20 * 5));
    TraceQuery flow = TraceQuery.builder().flowId("flow 7").limit(10).build();
    calls.put("queryTraces of a flow", () -> assertThat(store.queryTraces(flow)).hasSize(10));
    bounds.put("queryTraces of a flow", new Bound(10, 10, PARTITIONS / 10 + 10 + 10 * 5));
    TraceQuery actor = TraceQuery.builder().actor("actor 1").limit(10).build();
    calls.put("queryTraces of an actor", () -> assertThat(store.queryTraces(actor)).hasSize(10));
    bounds.put("queryTraces of an actor", new Bound(10, 10, PARTITIONS + 10 + 10 * 5L));
    calls.put(
        "queryTraces without events",
        () ->
            assertThat(store.queryTraces(newest.toBuilder().withEvents(false).build()))
                .hasSize(20));
    bounds.put("queryTraces without events", new Bound(0, 0, 20));
    calls.put("count", () -> assertThat(store.count(TraceQuery.ALL)).isEqualTo(PARTITIONS));
    bounds.put("count", new Bound(0, 0, PARTITIONS));
    calls.put(
        "openCursor",
        () -> {
          try (TraceCursor cursor = store.openCursor(TraceQuery.ALL)) {
            cursor.next();
          }
        });
    bounds.put("openCursor", new Bound(AT_ONCE, 600, 20L * PARTITIONS));
  }

  /** Calls that have to look at all events do so a part at a time. */
  private static void overAll(
      TraceStore store, Map<String, Runnable> calls, Map<String, Bound> bounds) {
    Bound all = new Bound(AT_ONCE, PARTITIONS, 20L * PARTITIONS);
    calls.put("eventMetrics", () -> store.eventMetrics(EventMetricsQuery.ALL));
    calls.put("actorGraph", () -> store.actorGraph(ActorGraphQuery.ALL));
    calls.put("metrics", store::metrics);
    calls.put(
        "purgeBefore",
        () ->
            assertThat(store.purgeBefore(PostgresScaleTest.ago(PARTITIONS - 11).startTime()))
                .isEqualTo(10));
    List.of("eventMetrics", "actorGraph", "metrics", "purgeBefore")
        .forEach(name -> bounds.put(name, all));
  }

  private Reads reads(Runnable call) {
    try {
      Path log = directory.resolve("log");
      long before = Files.size(log);
      call.run();
      byte[] all = Files.readAllBytes(log);
      return Reads.of(
          new String(all, (int) before, (int) (all.length - before), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
