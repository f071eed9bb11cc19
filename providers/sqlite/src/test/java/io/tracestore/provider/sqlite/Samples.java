package io.tracestore.provider.sqlite;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Traces for tests, the same for the same number. */
final class Samples {
  static final Instant START = Instant.parse("2026-03-01T10:00:00.000000001Z");

  private static final List<String> ACTORS = List.of("reader", "parser", "writer", "audit");

  private Samples() {}

  static TraceId traceId(int n) {
    return new TraceId(new UUID(0xA000_0000L + n, n));
  }

  /** A completed trace of flow {@code etl}, started {@code n} seconds after {@link #START}. */
  static FlowTrace trace(int n, int events) {
    return FlowTrace.builder("etl")
        .traceId(traceId(n))
        .executionId(new ExecutionId(new UUID(n, 1)))
        .startTime(START.plusSeconds(n))
        .endTime(START.plusSeconds(n).plusMillis(n))
        .status(ExecutionStatus.completed())
        .metadata(
            TraceMetadata.builder()
                .environment("production")
                .userId("user-" + n % 10)
                .sessionId("session-" + n)
                .tag("region", n % 2 == 0 ? "eu" : "us")
                .build())
        .events(events(n, events))
        .build();
  }

  static List<TraceEvent> events(int n, int count) {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      events.add(event(n, i));
    }
    return events;
  }

  static TraceEvent event(int n, int i) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, ACTORS.get(i % ACTORS.size()))
        .eventId(new EventId(new UUID(n, i)))
        .timestamp(START.plusSeconds(n).plusNanos(i))
        .build();
  }
}
