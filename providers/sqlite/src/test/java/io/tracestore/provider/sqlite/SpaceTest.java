package io.tracestore.provider.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Removed traces leave no rows, and their space goes back to the file system. */
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
    return SqliteConfig.of(file).open();
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

  @Test
  void theNamesOfPurgedTracesGoWithThem() {
    try (TraceStore store = open()) {
      store.purgeBefore(Instant.MAX);
      long empty = store.metrics().dataBytes();
      for (int round = 0; round < 3; round++) {
        store.storeTraces(namedTraces(round * 1_000, 1_000));
        store.storeEvents(Samples.traceId(1), List.of(flowing("early actor " + round)));
        assertThat(TableCounts.of(store).get("names")).isGreaterThan(6_000);

        store.purgeBefore(Instant.MAX);

        assertThat(TableCounts.of(store)).allSatisfy((table, rows) -> assertThat(rows).isZero());
        assertThat(store.metrics().dataBytes()).isEqualTo(empty).isZero();
      }
    }
  }

  private static TraceEvent flowing(String actor) {
    return TraceEvent.builder(TraceEventType.dataFlow("receiver of " + actor, "in"), actor)
        .eventId(new EventId(new UUID(77, 77)))
        .timestamp(Samples.START)
        .build();
  }

  /**
   * Traces, each with a flow, an environment, an actor, a type, a receiver and a tag of its own.
   */
  private static List<FlowTrace> namedTraces(int first, int count) {
    return IntStream.range(first, first + count)
        .mapToObj(n ->
            FlowTrace.builder("flow " + n)
                .traceId(Samples.traceId(n + 10))
                .executionId(Samples.trace(n, 0).executionId())
                .startTime(Samples.START)
                .metadata(
                    TraceMetadata.builder().environment("env " + n).tag("tag " + n, "").build())
                .events(
                    List.of(
                        Samples.event(n, 0).toBuilder()
                            .eventType(TraceEventType.custom("type " + n))
                            .build(),
                        flowing("actor " + n)))
                .build())
        .toList();
  }

  @Test
  void aNameThatAnotherTraceHasStays() {
    try (TraceStore store = open()) {
      store.purgeBefore(Instant.MAX);
      store.storeTraces(namedTraces(0, 2));
      store.storeEvents(Samples.traceId(5), List.of(flowing("actor 0")));
      FlowTrace one = store.getTrace(Samples.traceId(10)).orElseThrow();

      store.deleteTrace(Samples.traceId(10));

      assertThat(store.getEvents(Samples.traceId(5))).containsExactly(flowing("actor 0"));
      assertThat(store.getTrace(Samples.traceId(11))).contains(namedTraces(1, 1).getFirst());
      store.storeTrace(one);
      assertThat(store.getTrace(Samples.traceId(10))).contains(one);
      assertThat(store.count(TraceQuery.builder().flowId("flow 0").build())).isOne();
    }
  }

  @Test
  void anotherStoreOnTheFileUsesNoNumberOfANameThatIsGone() {
    try (TraceStore one = open();
        TraceStore two = open()) {
      one.purgeBefore(Instant.MAX);
      FlowTrace trace = namedTraces(0, 1).getFirst();
      two.storeTrace(trace);
      assertThat(one.getTrace(trace.traceId())).contains(trace);
      assertThat(one.deleteTrace(trace.traceId())).isTrue();
      one.storeTraces(namedTraces(1, 50));

      two.storeTrace(trace);

      assertThat(one.getTrace(trace.traceId())).contains(trace);
      assertThat(two.getTrace(trace.traceId())).contains(trace);
      assertThat(one.count(TraceQuery.builder().flowId("flow 0").build())).isOne();
      assertThat(one.count(TraceQuery.builder().actor("actor 0").build())).isOne();
    }
  }

  @Test
  void liveDataIsWithoutTheLogAndWithoutFreePages() throws Exception {
    try (TraceStore store = open()) {
      store.storeTrace(Samples.trace(TRACES, 20_000));
      long before = store.metrics().dataBytes();
      assertThat(before).isPositive().isLessThanOrEqualTo(store.metrics().storageBytes());

      store.deleteTrace(Samples.traceId(TRACES));

      assertThat(store.metrics().dataBytes()).isLessThan(before * 3 / 4);
      store.purgeBefore(Instant.MAX);
      assertThat(store.metrics().dataBytes()).isZero();
      assertThat(store.metrics().storageBytes()).isPositive();
    }
  }
}
