package io.tracestore.provider.redis;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Plain traces; the same number gives the same one. */
final class RedisSamples {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07.123456789Z");

  private RedisSamples() {}

  /** A finished trace of flow {@code flow} with three events of the actors {@code actor-0} to 2. */
  static FlowTrace trace(int number) {
    return FlowTrace.builder("flow")
        .traceId(new TraceId(new UUID(1, number)))
        .executionId(new ExecutionId(new UUID(2, number)))
        .startTime(START.plusNanos(number))
        .status(ExecutionStatus.completed())
        .events(events(number))
        .build();
  }

  private static List<TraceEvent> events(int number) {
    return IntStream.range(0, 3)
        .mapToObj(i ->
            TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor-" + i)
                .eventId(new EventId(new UUID(3, i)))
                .timestamp(START.plusNanos(number + i))
                .build())
        .toList();
  }
}
