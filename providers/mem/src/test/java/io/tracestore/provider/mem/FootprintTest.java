package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.START;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.mem.heap.TraceHeap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openjdk.jol.info.GraphLayout;

/** The estimate of memory lies within 20 percent of what the objects really take. */
class FootprintTest {
  private static final int TRACES = 400;

  @BeforeAll
  static void letRecordsBeMeasured() {
    System.setProperty("jol.magicFieldOffset", "true");
    System.setProperty("jol.skipDynamicAttach", "true");
  }

  private static TraceHeap empty() {
    return heap(MemoryConfig.of().maxMemoryMb(4_096).maxEventsPerTrace(100_000));
  }

  private static TraceHeap heap(MemoryConfig config) {
    return new TraceHeap(TestSettings.of(config.toUri()));
  }

  private static TraceHeap filled(IntFunction<FlowTrace> traces) {
    TraceHeap heap = empty();
    IntStream.range(0, TRACES).mapToObj(traces).forEach(heap::storeTrace);
    return heap;
  }

  private static void assertEstimateIsNear(TraceHeap heap) {
    assertThat((double) heap.bytes())
        .isCloseTo((double) GraphLayout.parseInstance(heap).totalSize(), withinPercentage(20.0));
  }

  /** The same text in an object of its own, as a parser makes it. */
  private static String parsed(String text) {
    return new String(text.toCharArray());
  }

  private static EventId parsed(EventId id) {
    return new EventId(
        new UUID(id.value().getMostSignificantBits(), id.value().getLeastSignificantBits()));
  }

  private static FlowTrace.Builder header(int number) {
    return FlowTrace.builder("flow-" + number % 40)
        .startTime(START.plusSeconds(number))
        .endTime(START.plusSeconds(number + 1))
        .status(ExecutionStatus.completed());
  }

  private static FlowTrace bare(int number) {
    return header(number).build();
  }

  /** As an application records it: names and ids are shared. */
  private static FlowTrace recorded(int number) {
    String[] actors = {"gateway", "orders", "stock", "billing"};
    FlowTrace.Builder trace = header(number);
    EventId root = EventId.random();
    EventId parent = root;
    for (int i = 0; i < 20; i++) {
      EventId id = i == 0 ? root : EventId.random();
      trace.event(
          TraceEvent.builder(TraceEventType.ACTOR_STARTED, actors[i % 4])
              .eventId(id)
              .timestamp(START.plusMillis(number * 1000L + i))
              .causality(new CausalityInfo(i == 0 ? null : parent, root, List.of(), ""))
              .build());
      parent = id;
    }
    return trace.build();
  }

  /** As a parser makes it: nothing is shared. */
  private static FlowTrace imported(int number) {
    FlowTrace.Builder trace =
        header(number)
            .metadata(
                TraceMetadata.builder()
                    .userId("user-" + number % 100)
                    .sessionId("session-" + number)
                    .environment(parsed("production"))
                    .hostname(parsed("host-17.example.org"))
                    .threadId(parsed("worker-1"))
                    .tag(parsed("region"), parsed("eu"))
                    .tag(parsed("build"), "" + number % 10)
                    .build());
    EventId root = EventId.random();
    EventId parent = root;
    for (int i = 0; i < 20; i++) {
      EventId id = i == 0 ? root : EventId.random();
      trace.event(
          TraceEvent.builder(
                  i % 5 == 0
                      ? TraceEventType.dataFlow(parsed("sink"), parsed("in"))
                      : TraceEventType.ACTOR_COMPLETED,
                  parsed("actor-" + i % 6))
              .eventId(id)
              .timestamp(START.plusMillis(number * 1000L + i))
              .causality(
                  new CausalityInfo(
                      i == 0 ? null : parsed(parent), parsed(root), List.of(), "span-" + i))
              .data(
                  TraceEventData.builder()
                      .port(parsed("out"))
                      .performanceMetrics(PerformanceMetrics.of(i, 1, 2, 3, 4))
                      .attribute(parsed("http.method"), parsed("GET"))
                      .attribute(parsed("http.status"), 200 + i)
                      .build())
              .build());
      parent = id;
    }
    return trace.build();
  }

  /** Large contents, and texts beyond Latin-1. */
  private static FlowTrace heavy(int number) {
    FlowTrace.Builder trace = header(number).status(ExecutionStatus.failed("ошибка " + number));
    for (int i = 0; i < 3; i++) {
      trace.event(
          TraceEvent.builder(TraceEventType.MESSAGE_SENT, "сервис-" + i)
              .timestamp(START.plusMillis(number * 1000L + i))
              .data(
                  TraceEventData.builder()
                      .error("接続がタイムアウトしました: " + number)
                      .message(MessageSnapshot.of("json-" + i, Bytes.of(new byte[500 + i])))
                      .stateDiff(
                          new StateDiff(
                              Bytes.of(new byte[100]),
                              Bytes.of(new byte[200]),
                              StateDiff.DiffType.FULL))
                      .attributes(
                          Map.of(
                              "list", List.of(1.5, "two" + number, true),
                              "object", Map.of("a" + number, 1, "b", "c" + number)))
                      .build())
              .build());
    }
    return trace.build();
  }

  @Test
  void theEstimateOfRecordedTracesIsNear() {
    assertEstimateIsNear(filled(FootprintTest::recorded));
  }

  @Test
  void theEstimateOfImportedTracesIsNear() {
    assertEstimateIsNear(filled(FootprintTest::imported));
  }

  @Test
  void theEstimateOfHeavyTracesIsNear() {
    assertEstimateIsNear(filled(FootprintTest::heavy));
  }

  @Test
  void theEstimateOfTracesWithoutEventsIsNear() {
    assertEstimateIsNear(filled(FootprintTest::bare));
  }

  @Test
  void theEstimateOfEventsThatCameOneByOneIsNear() {
    TraceHeap heap = empty();
    for (int i = 0; i < 60; i++) {
      FlowTrace trace = imported(i);
      trace.events().forEach(event -> heap.storeEvents(trace.traceId(), List.of(event)));
    }
    assertEstimateIsNear(heap);
  }

  @Test
  void theEstimateOfOneLongTraceIsNear() {
    TraceHeap heap = empty();
    TraceId id = TraceId.random();
    for (int i = 0; i < 60; i++) {
      heap.storeEvents(id, imported(i).events());
    }
    assertEstimateIsNear(heap);
  }

  @Test
  void theEstimateStaysNearWhileAFullStoreEvicts() {
    TraceHeap heap = heap(MemoryConfig.of().maxTraces(TRACES / 4));
    IntStream.range(0, TRACES).mapToObj(FootprintTest::imported).forEach(heap::storeTrace);
    assertEstimateIsNear(heap);
  }

  @Test
  void aLongTextCountsWholeWhereverItsOneWideCharacterIs() {
    String narrow = "x".repeat(100_000);
    TraceHeap heap = empty();
    TraceHeap wide = empty();
    heap.storeTrace(FlowTrace.builder(narrow).build());
    wide.storeTrace(
        FlowTrace.builder(narrow.substring(1, 777) + '\u4e2d' + narrow.substring(777)).build());
    assertThat(wide.bytes() - heap.bytes()).isBetween(99_000L, 101_000L);
  }
}
