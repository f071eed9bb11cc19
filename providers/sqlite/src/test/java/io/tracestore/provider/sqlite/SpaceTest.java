package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is removed leaves nothing behind, and its space goes back to the file system. */
class SpaceTest {
  private static final int TRACES = 500;
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void fill() {
    file = directory.resolve("t.db");
    try (TraceStore store = open()) {
      List<FlowTrace> traces =
          IntStream.range(0, TRACES).mapToObj(n -> Samples.trace(n, 100)).toList();
      store.storeTraces(traces);
    }
  }

  private TraceStore open() {
    return SqliteTraceStoreProvider.open(SqliteConfig.builder(file).build());
  }

  @Test
  void purgingMakesTheFileSmaller() throws Exception {
    long before = Files.size(file);

    try (TraceStore store = open()) {
      assertThat(store.purgeBefore(Samples.START.plusSeconds(TRACES - 10))).isEqualTo(TRACES - 10);
      assertThat(store.count(TraceQuery.ALL)).isEqualTo(10);
    }

    assertThat(Files.size(file)).isLessThan(before / 3);
  }

  @Test
  void purgingEverythingEmptiesTheTables() {
    try (TraceStore store = open()) {
      store.purgeBefore(Instant.MAX);

      assertThat(TableCounts.of(store))
          .containsEntry("traces", 0L)
          .containsEntry("events", 0L)
          .containsEntry("trace_actors", 0L)
          .containsEntry("trace_event_types", 0L)
          .containsEntry("trace_tags", 0L);
    }
  }

  @Test
  void purgingTakesOldEarlyEventsAndKeepsNewOnes() {
    try (TraceStore store = open()) {
      store.storeEvents(Samples.traceId(9_000), Samples.events(0, 3)); // old
      store.storeEvents(Samples.traceId(9_001), Samples.events(TRACES, 3)); // new

      store.purgeBefore(Samples.START.plusSeconds(TRACES));

      assertThat(store.getEvents(Samples.traceId(9_000))).isEmpty();
      assertThat(store.getEvents(Samples.traceId(9_001))).isEqualTo(Samples.events(TRACES, 3));
    }
  }

  @Test
  void deletingALargeTraceMakesTheFileSmaller() throws Exception {
    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(TRACES, 100_000));
    }
    long before = Files.size(file);

    try (TraceStore store = open()) {
      assertThat(store.deleteTrace(Samples.traceId(TRACES))).isTrue();
    }

    assertThat(Files.size(file)).isLessThan(before / 2);
  }
}
