package io.tracestore.provider.clickhouse;

import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Traces that are the same whenever they are made again, one each second. */
final class ClickHouseSamples {
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
  static final int EVENTS = 5;

  /** That a trace takes: of its header, its events, its actors and its types. */
  static final int ROWS = 3 + EVENTS + 4 + 1;

  private ClickHouseSamples() {}

  static FlowTrace trace(long number) {
    return trace(number, EVENTS);
  }

  static FlowTrace trace(long number, int events) {
    return FlowTrace.builder("flow " + number % 7)
        .traceId(traceId(number))
        .executionId(new ExecutionId(new UUID(2, number)))
        .startTime(START.plusSeconds(number))
        .status(ExecutionStatus.running())
        .events(IntStream.range(0, events).mapToObj(i -> event(number, i)).toList())
        .build();
  }

  /** Trace {@code number} with one event, of {@code size} bytes that no codec makes fewer. */
  static FlowTrace large(long number, int size) {
    byte[] content = new byte[size];
    new Random(number).nextBytes(content);
    MessageSnapshot message = MessageSnapshot.of("bytes", Bytes.of(content));
    TraceEvent event =
        event(number, 0).toBuilder()
            .data(TraceEventData.builder().message(message).build())
            .build();
    return trace(number).withEvents(List.of(event));
  }

  static TraceId traceId(long number) {
    return new TraceId(new UUID(number, 1));
  }

  static TraceEvent event(long trace, int number) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, "actor " + number % 4)
        .eventId(new EventId(new UUID(trace, 1_000_000L + number)))
        .timestamp(START.plusSeconds(trace).plusMillis(number))
        .build();
  }

  static List<FlowTrace> traces(long from, long to) {
    return LongStream.range(from, to).mapToObj(ClickHouseSamples::trace).toList();
  }
}
