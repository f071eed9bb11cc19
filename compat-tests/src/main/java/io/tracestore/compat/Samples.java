package io.tracestore.compat;

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
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Plain traces for tests in which the values do not matter; the same number gives the same one. */
final class Samples {
  /** When the samples happen; not on a whole second, so that cut-off times show. */
  static final Instant T0 = Instant.parse("2026-03-04T05:06:07.123456789Z");

  private Samples() {}

  static TraceId traceId(long number) {
    return new TraceId(uuid(1, number));
  }

  static EventId eventId(long number) {
    return new EventId(uuid(2, number));
  }

  static ExecutionId executionId(long number) {
    return new ExecutionId(uuid(3, number));
  }

  private static UUID uuid(long sort, long number) {
    return new UUID(sort << 32 | 0x4000L, 0x8000_0000_0000_0000L | number);
  }

  /** Event {@code number}: that many milliseconds after {@link #T0}. */
  static TraceEvent event(long number) {
    return event(number, "actor");
  }

  static TraceEvent event(long number, String actorId) {
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, actorId)
        .eventId(eventId(number))
        .timestamp(T0.plusMillis(number))
        .data(TraceEventData.builder().attribute("number", number).build())
        .build();
  }

  /** Events {@code from} to {@code to}, the latter excluded. */
  static List<TraceEvent> events(long from, long to) {
    return LongStream.range(from, to).mapToObj(Samples::event).toList();
  }

  /** Header {@code number}, running, that many seconds after {@link #T0}; without events. */
  static FlowTrace header(long number) {
    return FlowTrace.builder("flow")
        .traceId(traceId(number))
        .executionId(executionId(number))
        .startTime(T0.plusSeconds(number))
        .status(ExecutionStatus.running())
        .build();
  }

  /** Trace {@code number} with events 0 and 1. */
  static FlowTrace trace(long number) {
    return header(number).withEvents(events(0, 2));
  }

  /** Traces {@code from} to {@code to}, the latter excluded; the newest comes last. */
  static List<FlowTrace> traces(int from, int to) {
    return IntStream.range(from, to).mapToObj(Samples::trace).toList();
  }

  /** Trace {@code number} with one event that carries {@code size} bytes that do not compress. */
  static FlowTrace bulky(long number, int size) {
    byte[] content = new byte[size];
    new Random(number).nextBytes(content);
    TraceEvent event =
        event(0).toBuilder()
            .data(
                TraceEventData.builder()
                    .message(MessageSnapshot.of("bytes", Bytes.of(content)))
                    .build())
            .build();
    return header(number).withEvents(List.of(event));
  }

  /** Trace {@code number} with 1 to 30 events of some hundred bytes each. */
  static FlowTrace busy(long number) {
    Random random = new Random(number);
    List<TraceEvent> events =
        IntStream.range(0, 1 + random.nextInt(30))
            .mapToObj(i -> {
              TraceEvent event = event(i, "actor-" + random.nextInt(5));
              return event.toBuilder()
                  .data(
                      TraceEventData.builder()
                          .attribute("text", "x".repeat(random.nextInt(500)))
                          .executionTimeNs(random.nextLong(1_000_000))
                          .build())
                  .causality(new CausalityInfo(null, eventId(0), List.of(eventId(i)), "span-" + i))
                  .build();
            })
            .toList();
    return header(number).toBuilder().status(ExecutionStatus.completed()).events(events).build();
  }

  /** The number that {@code traceId} was made from. */
  static long numberOf(TraceId traceId) {
    return traceId.value().getLeastSignificantBits() & Long.MAX_VALUE;
  }
}
