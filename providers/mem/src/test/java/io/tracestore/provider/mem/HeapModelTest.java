package io.tracestore.provider.mem;

import static io.tracestore.provider.mem.TestTraces.START;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.provider.mem.heap.TraceHeap;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/**
 * After any sequence of operations on a heap, every index answers as a scan over a plain map would.
 */
class HeapModelTest {
  private static final int STEPS = 120;
  private static final int IDS = 8;

  /** The plainest thing that keeps traces. */
  private static final class Model {
    final Map<TraceId, FlowTrace> headers = new HashMap<>();
    final Map<TraceId, Map<EventId, TraceEvent>> events = new HashMap<>();

    void storeTrace(FlowTrace trace) {
      FlowTrace stored = headers.get(trace.traceId());
      if (stored == null
          || !stored.status().kind().isTerminal()
          || trace.status().kind().isTerminal()) {
        headers.put(trace.traceId(), trace);
      }
      storeEvents(trace.traceId(), trace.events());
    }

    void storeEvents(TraceId id, List<TraceEvent> stored) {
      Map<EventId, TraceEvent> known = events.computeIfAbsent(id, key -> new TreeMap<>());
      stored.forEach(event -> known.put(event.eventId(), event));
    }

    List<TraceEvent> events(TraceId id) {
      return events.getOrDefault(id, Map.of()).values().stream().sorted(TraceEvent.ORDER).toList();
    }

    List<FlowTrace> matches(TraceQuery query) {
      return headers.values().stream()
          .map(header -> header.withEvents(events(header.traceId())))
          .filter(query::matches)
          .sorted(FlowTrace.NEWEST_FIRST)
          .toList();
    }

    void delete(TraceId id) {
      headers.remove(id);
      events.remove(id);
    }

    void purgeBefore(Instant cutoff) {
      for (TraceId id : List.copyOf(events.keySet())) {
        FlowTrace header = headers.get(id);
        if (header != null && header.startTime().isBefore(cutoff)) {
          delete(id);
        } else if (header == null) {
          Map<EventId, TraceEvent> early = events.getOrDefault(id, new HashMap<>());
          early.values().removeIf(event -> event.timestamp().isBefore(cutoff));
          if (early.isEmpty()) {
            events.remove(id);
          }
        }
      }
    }
  }

  private static TraceId id(int number) {
    return new TraceId(new UUID(number * 0x9E3779B97F4A7C15L, 1));
  }

  private static <T> T pick(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static TraceEvent event(Random random) {
    return TraceEvent.builder(
            pick(
                random,
                List.of(
                    TraceEventType.ACTOR_STARTED,
                    TraceEventType.dataFlow("b", "in"),
                    TraceEventType.custom("own"))),
            pick(random, List.of("actor-a", "actor-b", "other")))
        .eventId(new EventId(new UUID(0, random.nextInt(12))))
        .timestamp(START.plusMillis(random.nextInt(4_000)))
        .build();
  }

  private static List<TraceEvent> events(Random random) {
    Map<EventId, TraceEvent> events = new HashMap<>();
    for (int i = random.nextInt(5); i >= 0; i--) {
      TraceEvent event = event(random);
      events.put(event.eventId(), event);
    }
    return List.copyOf(events.values());
  }

  private static FlowTrace trace(Random random) {
    int number = random.nextInt(IDS);
    FlowTrace.Builder trace =
        FlowTrace.builder("flow-" + number % 3)
            .traceId(id(number))
            .executionId(new ExecutionId(new UUID(0, number % 4)))
            .startTime(START.plusSeconds(number / 2))
            .status(
                pick(
                    random,
                    List.of(
                        ExecutionStatus.running(),
                        ExecutionStatus.completed(),
                        ExecutionStatus.failed("x"),
                        ExecutionStatus.failed("y"))))
            .metadata(
                TraceMetadata.builder()
                    .environment(pick(random, List.of("", "test", "live")))
                    .userId(maybe(random, "user"))
                    .sessionId(maybe(random, "session"))
                    .tag("tag", pick(random, List.of("1", "2")))
                    .build());
    if (random.nextBoolean()) {
      trace.endTime(START.plusSeconds(5));
    }
    return random.nextInt(4) == 0 ? trace.build() : trace.events(events(random)).build();
  }

  private static @Nullable String maybe(Random random, String value) {
    return random.nextBoolean() ? value : null;
  }

  private static List<TraceQuery> queries() {
    List<TraceQuery.Builder> queries = new ArrayList<>();
    queries.add(TraceQuery.builder());
    queries.add(TraceQuery.builder().flowId("flow-1"));
    queries.add(TraceQuery.builder().executionId(new ExecutionId(new UUID(0, 2))));
    queries.add(TraceQuery.builder().status(ExecutionStatus.Kind.RUNNING));
    queries.add(TraceQuery.builder().status(ExecutionStatus.Kind.FAILED));
    queries.add(TraceQuery.builder().status(ExecutionStatus.failed("x")));
    queries.add(TraceQuery.builder().actor("actor-a"));
    queries.add(TraceQuery.builder().actorContains("actor"));
    queries.add(TraceQuery.builder().actorContains(""));
    queries.add(TraceQuery.builder().eventType("DataFlow"));
    queries.add(TraceQuery.builder().eventType("Custom(own)").actor("other"));
    queries.add(TraceQuery.builder().environment(""));
    queries.add(TraceQuery.builder().userId("user").sessionId("session"));
    queries.add(TraceQuery.builder().tag("tag", "2"));
    queries.add(TraceQuery.builder().minDuration(Duration.ofSeconds(3)));
    queries.add(TraceQuery.builder().startedFrom(START.plusSeconds(1)));
    queries.add(TraceQuery.builder().startedTo(START.plusSeconds(1)).tag("tag", "1"));
    return queries.stream().map(TraceQuery.Builder::build).toList();
  }

  private static void step(Random random, TraceHeap heap, Model model) {
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> {
        FlowTrace trace = trace(random);
        heap.storeTrace(trace);
        model.storeTrace(trace);
      }
      case 4, 5, 6, 7 -> {
        TraceId id = id(random.nextInt(IDS));
        List<TraceEvent> events = inOrderAndDistinct(events(random));
        heap.storeEvents(id, events);
        model.storeEvents(id, events);
      }
      case 8 -> {
        TraceId id = id(random.nextInt(IDS));
        assertThat(heap.delete(id)).isEqualTo(model.events.containsKey(id));
        model.delete(id);
      }
      default -> {
        Instant cutoff = START.plusSeconds(random.nextInt(3));
        heap.purgeBefore(cutoff);
        model.purgeBefore(cutoff);
      }
    }
  }

  /** As a heap gets them: the last of each id. */
  private static List<TraceEvent> inOrderAndDistinct(List<TraceEvent> events) {
    Map<EventId, TraceEvent> last = new TreeMap<>();
    events.forEach(event -> last.put(event.eventId(), event));
    return last.values().stream().sorted(TraceEvent.ORDER).toList();
  }

  private static void assertSame(TraceHeap heap, Model model) {
    for (TraceQuery query : queries()) {
      List<FlowTrace> expected = model.matches(query);
      assertThat(heap.query(query, IDS)).as("%s", query).isEqualTo(expected);
      assertThat(heap.count(query)).as("count of %s", query).isEqualTo(expected.size());
      assertThat(heap.query(query.toBuilder().offset(1).build(), 2))
          .as("offset of %s", query)
          .isEqualTo(expected.stream().skip(1).limit(2).toList());
      if (!expected.isEmpty()) {
        assertThat(heap.query(query.after(expected.getFirst()), IDS))
            .as("second page of %s", query)
            .isEqualTo(expected.subList(1, expected.size()));
      }
    }
    for (int number = 0; number < IDS; number++) {
      assertThat(heap.events(id(number))).isEqualTo(model.events(id(number)));
    }
  }

  @Property(tries = 100)
  void everyQueryAnswersAsAScanWould(@ForAll long seed) {
    Random random = new Random(seed);
    TraceHeap heap = new TraceHeap(TestSettings.of(MemoryConfig.of().toUri()));
    Model model = new Model();
    for (int i = 0; i < STEPS; i++) {
      step(random, heap, model);
      if (random.nextInt(4) == 0) {
        assertSame(heap, model);
      }
    }
    assertSame(heap, model);
  }

  @Property(tries = 50)
  void nothingIsLeftOfDeletedTraces(@ForAll long seed) {
    Random random = new Random(seed);
    TraceHeap heap = new TraceHeap(TestSettings.of(MemoryConfig.of().toUri()));
    Model model = new Model();
    for (int i = 0; i < STEPS; i++) {
      step(random, heap, model);
    }
    for (int number = 0; number < IDS; number++) {
      heap.delete(id(number));
    }
    assertThat(heap.bytes()).isZero();
    assertThat(heap.counters())
        .containsEntry("traces", 0L)
        .containsEntry("tracesWithoutHeader", 0L);
  }
}
