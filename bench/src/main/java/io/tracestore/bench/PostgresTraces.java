package io.tracestore.bench;

import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Traces as an application would store them: new ids, some actors that all share, small payloads.
 */
final class PostgresTraces {
  private PostgresTraces() {}

  static List<FlowTrace> make(int traces, int events) {
    return IntStream.range(0, traces).mapToObj(i -> make(events)).toList();
  }

  static FlowTrace make(int events) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Instant start = Instant.now().minusSeconds(random.nextInt(60));
    List<TraceEvent> all = new ArrayList<>(events);
    for (int i = 0; i < events; i++) {
      EventId id = EventId.random();
      all.add(
          TraceEvent.builder(type(i), "actor-" + random.nextInt(40))
              .eventId(id)
              .timestamp(start.plusNanos(1_000_000L * i + random.nextInt(1_000_000)))
              .data(
                  TraceEventData.builder()
                      .port("out")
                      .performanceMetrics(
                          PerformanceMetrics.of(
                              random.nextInt(5_000_000), 1 << 20, 12.5f, i, 350.25))
                      .attribute("url", "/api/items/" + random.nextInt(10_000))
                      .attribute("status", 200)
                      .build())
              .causality(
                  new CausalityInfo(
                      i == 0 ? null : all.get(i - 1).eventId(),
                      i == 0 ? id : all.getFirst().eventId(),
                      List.of(),
                      Long.toHexString(random.nextLong())))
              .build());
    }
    return FlowTrace.builder("flow-" + random.nextInt(50))
        .version(FlowVersion.of(1, 4, 2))
        .startTime(start)
        .endTime(start.plusMillis(random.nextInt(3_000)))
        .status(
            random.nextInt(20) == 0
                ? ExecutionStatus.failed("connection reset")
                : ExecutionStatus.completed())
        .metadata(
            TraceMetadata.builder()
                .environment("production")
                .hostname("node-" + random.nextInt(8))
                .processId(4711)
                .threadId("worker-" + random.nextInt(16))
                .userId("user-" + random.nextInt(5_000))
                .tag("region", "eu-" + random.nextInt(3))
                .build())
        .events(all)
        .build();
  }

  private static TraceEventType type(int number) {
    return switch (number % 4) {
      case 0 -> TraceEventType.ACTOR_STARTED;
      case 1 -> TraceEventType.MESSAGE_SENT;
      case 2 -> TraceEventType.MESSAGE_RECEIVED;
      default -> TraceEventType.ACTOR_COMPLETED;
    };
  }
}
