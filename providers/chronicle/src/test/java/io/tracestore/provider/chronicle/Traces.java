package io.tracestore.provider.chronicle;

import io.tracestore.model.Bytes;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;

/** Traces for tests; the same number gives the same one. */
final class Traces {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07.123456789Z");

  private static final List<TraceEventType> VARIED_TYPES =
      List.of(
          TraceEventType.ACTOR_STARTED, TraceEventType.MESSAGE_SENT, TraceEventType.custom("own"));

  private Traces() {}

  static TraceId id(long number) {
    return new TraceId(new UUID(0x1_0000_4000L, 0x8000_0000_0000_0000L | number));
  }

  /** With one event. */
  static FlowTrace trace(long number) {
    return trace(number, 10);
  }

  /** A trace with one event that carries {@code size} bytes that do not compress. */
  static FlowTrace trace(long number, int size) {
    byte[] content = new byte[size];
    new Random(number).nextBytes(content);
    TraceEvent event =
        event(number).toBuilder()
            .data(
                TraceEventData.builder()
                    .message(MessageSnapshot.of("bytes", Bytes.of(content)))
                    .build())
            .build();
    return FlowTrace.builder("flow")
        .traceId(id(number))
        .executionId(new ExecutionId(new UUID(0x3_0000_4000L, 0x8000_0000_0000_0000L | number)))
        .startTime(START.plusSeconds(number))
        .events(List.of(event))
        .build();
  }

  /** One of seven flows, with one of five actors and one of three event types. */
  static FlowTrace varied(long number) {
    TraceEvent event =
        TraceEvent.builder(VARIED_TYPES.get((int) (number % 3)), "actor-" + number % 5)
            .eventId(event(number).eventId())
            .timestamp(START.plusMillis(number))
            .build();
    return trace(number).toBuilder().flowId("flow-" + number % 7).events(List.of(event)).build();
  }

  static TraceEvent event(long number) {
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor")
        .eventId(new EventId(new UUID(0x2_0000_4000L, 0x8000_0000_0000_0000L | number)))
        .timestamp(START.plusMillis(number))
        .build();
  }

  /** Traces {@code from} to {@code to}, the latter excluded; the newest comes last. */
  static List<FlowTrace> traces(long from, long to) {
    return LongStream.range(from, to).mapToObj(Traces::trace).toList();
  }

  /** A store of few and small traces in a file of {@code directory}. */
  static TraceStore open(Path directory, long maxTraces) {
    return config(directory).maxTraces(maxTraces).open();
  }

  static ChronicleConfig config(Path directory) {
    return ChronicleConfig.of(directory.resolve("traces.map")).averageTraceBytes(256);
  }
}
