package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.mem.heap.TraceHeap;
import io.tracestore.spi.TraceQuery;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A query for rare traces looks at those alone: one in 100 of the 2000 traces is rare in every
 * respect.
 */
class IndexUseTest {
  private static final int TRACES = 2_000;
  private static final int RARE = 20;
  private static final ExecutionId EXECUTION = ExecutionId.random();

  private final TraceHeap heap = filled();

  private static TraceHeap filled() {
    TraceHeap heap =
        new TraceHeap(
            TestSettings.of(MemoryConfig.of().indexedAttributes(List.of("rare.id")).toUri()));
    for (int i = 0; i < TRACES; i++) {
      heap.storeTrace(i % (TRACES / RARE) == 7 ? rare(i) : TestTraces.trace(i));
    }
    return heap;
  }

  private static FlowTrace rare(int second) {
    return FlowTrace.builder("rare")
        .startTime(START.plusSeconds(second))
        .executionId(EXECUTION)
        .status(ExecutionStatus.failed("rare"))
        .metadata(
            TraceMetadata.builder()
                .environment("rare")
                .userId("rare")
                .sessionId("rare")
                .tag("rare", "yes")
                .build())
        .event(
            TraceEvent.builder(TraceEventType.custom("rare"), "a rare actor")
                .timestamp(START.plusSeconds(second))
                .data(TraceEventData.builder().attribute("rare.id", 1).build())
                .build())
        .build();
  }

  static Stream<Arguments> filters() {
    return Stream.of(
        Arguments.of("flow", TraceQuery.builder().flowId("rare")),
        Arguments.of("execution", TraceQuery.builder().executionId(EXECUTION)),
        Arguments.of("status", TraceQuery.builder().status(ExecutionStatus.Kind.FAILED)),
        Arguments.of("failure", TraceQuery.builder().failedWith("rare")),
        Arguments.of("actor", TraceQuery.builder().actor("a rare actor")),
        Arguments.of("part of an actor", TraceQuery.builder().actorContains("rare")),
        Arguments.of("event type", TraceQuery.builder().eventType("Custom(rare)")),
        Arguments.of("environment", TraceQuery.builder().environment("rare")),
        Arguments.of("user", TraceQuery.builder().userId("rare")),
        Arguments.of("session", TraceQuery.builder().sessionId("rare")),
        Arguments.of("attribute", TraceQuery.builder().attribute("rare.id", 1)),
        Arguments.of("key of an attribute", TraceQuery.builder().hasAttribute("rare.id")),
        Arguments.of("tag", TraceQuery.builder().tag("rare", "yes")),
        Arguments.of(
            "a common and a rare one",
            TraceQuery.builder().eventType("Custom(rare)").environment("rare")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void aQueryLooksOnlyAtWhatItsFilterMatches(String name, TraceQuery.Builder query) {
    assertThat(heap.query(query.build(), TRACES)).hasSize(RARE);
    assertThat(heap.examinedTraces()).isEqualTo(RARE);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void aQueryWithALimitStopsThere(String name, TraceQuery.Builder query) {
    assertThat(heap.query(query.build(), 5)).hasSize(5);
    assertThat(heap.examinedTraces()).isEqualTo(5);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filters")
  void aTimeRangeNarrowsEveryIndex(String name, TraceQuery.Builder query) {
    TraceQuery early = query.startedTo(START.plusSeconds(TRACES / 2)).build();
    assertThat(heap.query(early, TRACES)).hasSize(RARE / 2);
    assertThat(heap.examinedTraces()).isEqualTo(RARE / 2);
  }

  @Test
  void aTimeRangeAloneLooksOnlyAtWhatLiesInIt() {
    TraceQuery range =
        TraceQuery.builder().startedBetween(START.plusSeconds(100), START.plusSeconds(149)).build();
    assertThat(heap.query(range, TRACES)).hasSize(50);
    assertThat(heap.examinedTraces()).isEqualTo(50);
  }

  @Test
  void aPageStartsAfterTheLastWithoutLookingAtWhatWasBefore() {
    List<FlowTrace> first = heap.query(TraceQuery.ALL, 1_000);
    long examined = heap.examinedTraces();
    List<FlowTrace> second = heap.query(TraceQuery.ALL.after(first.getLast()), 10);
    assertThat(second).hasSize(10).doesNotContainAnyElementsOf(first);
    assertThat(heap.examinedTraces() - examined).isEqualTo(10);
  }

  @Test
  void countingByOneFilterLooksAtNoTrace() {
    assertThat(heap.count(TraceQuery.builder().actor("a rare actor").build())).isEqualTo(RARE);
    assertThat(heap.examinedTraces()).isZero();
  }

  @Test
  void countingByOneFilterInATimeRangeLooksAtNoTrace() {
    TraceQuery query =
        TraceQuery.builder()
            .flowId("rare")
            .startedBetween(START.plusSeconds(8), START.plusSeconds(207))
            .build();
    assertThat(heap.count(query)).isEqualTo(2);
    assertThat(heap.examinedTraces()).isZero();
  }

  @Test
  void aFilterThatNothingMatchesLooksAtNoTrace() {
    assertThat(heap.query(TraceQuery.builder().actor("nobody").build(), 10)).isEmpty();
    assertThat(heap.examinedTraces()).isZero();
  }
}
