package io.tracestore.view;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Traces that the tests show. */
final class Traces {
  static final Instant START = Instant.parse("2026-01-05T08:00:00Z");

  private Traces() {}

  static EventId id(int number) {
    return new EventId(new UUID(7, number));
  }

  static TraceEvent event(
      int number,
      @Nullable Integer parent,
      TraceEventType type,
      String actor,
      TraceEventData data) {
    EventId self = id(number);
    return TraceEvent.builder(type, actor)
        .eventId(self)
        .timestamp(START.plusMillis(number * 10L))
        .data(data)
        .causality(
            parent == null
                ? CausalityInfo.root(self)
                : new CausalityInfo(id(parent), id(1), List.of(), ""))
        .build();
  }

  static FlowTrace trace(ExecutionStatus status, TraceEvent... events) {
    return FlowTrace.builder("orders")
        .traceId(new TraceId(new UUID(1, 2)))
        .executionId(new ExecutionId(new UUID(3, 4)))
        .startTime(START)
        .endTime(status.kind().isTerminal() ? START.plusMillis(100) : null)
        .status(status)
        .events(List.of(events))
        .metadata(TraceMetadata.builder().environment("test").tag("team", "blue").build())
        .build();
  }

  static MessageSnapshot message(String type, String content) {
    return MessageSnapshot.of(type, Bytes.of(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** {@code reader} reads and sends 1,200 bytes to {@code writer}, which fails. */
  static FlowTrace failed() {
    return trace(
        ExecutionStatus.failed("disk full"),
        event(1, null, TraceEventType.ACTOR_STARTED, "reader", TraceEventData.EMPTY),
        event(
            2,
            1,
            TraceEventType.dataFlow("writer", "in"),
            "reader",
            TraceEventData.builder().message(message("Order", "x".repeat(1200))).build()),
        event(3, 2, TraceEventType.ACTOR_STARTED, "writer", TraceEventData.EMPTY),
        event(
            4,
            3,
            TraceEventType.ACTOR_FAILED,
            "writer",
            TraceEventData.builder().error("disk full").build()),
        event(5, 1, TraceEventType.ACTOR_COMPLETED, "reader", TraceEventData.EMPTY));
  }

  /** A trace whose every text is {@code text}. */
  static FlowTrace of(String text) {
    TraceEventData data =
        TraceEventData.builder()
            .port(text)
            .message(message(text, text).withChecksum(text))
            .error(text)
            .attribute(text, text)
            .build();
    return FlowTrace.builder(text)
        .startTime(START)
        .endTime(START.plusSeconds(1))
        .status(ExecutionStatus.failed(text))
        .event(event(1, null, TraceEventType.custom(text), text, data))
        .event(event(2, 1, TraceEventType.dataFlow(text, text), text, data))
        .metadata(
            TraceMetadata.builder()
                .environment(text)
                .hostname(text)
                .userId(text)
                .sessionId(text)
                .threadId(text)
                .tag(text, text)
                .build())
        .build();
  }

  /** A trace of that many single events of one actor. */
  static FlowTrace ofEvents(int events) {
    List<TraceEvent> all = new ArrayList<>();
    for (int i = 1; i <= events; i++) {
      all.add(event(i, null, TraceEventType.NETWORK_EVENT, "net", TraceEventData.EMPTY));
    }
    return trace(ExecutionStatus.completed(), all.toArray(TraceEvent[]::new));
  }
}
