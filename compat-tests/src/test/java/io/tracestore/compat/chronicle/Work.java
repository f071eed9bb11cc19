package io.tracestore.compat.chronicle;

import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.LongConsumer;

/**
 * What processes do to a store: each number is a trace that is stored, gets more events, changes
 * its status, and in some cases is deleted again.
 */
final class Work {
  private static final Instant START = Instant.parse("2026-03-04T05:06:07.123456789Z");
  private static final int FLOWS = 7;
  private static final int ACTORS = 5;

  private Work() {}

  static TraceId id(long number) {
    return new TraceId(uuid(1, number));
  }

  private static UUID uuid(long sort, long number) {
    return new UUID(sort << 32 | 0x4000L, 0x8000_0000_0000_0000L | number);
  }

  static TraceEvent event(long number, int index) {
    Random random = new Random(number * 1000 + index);
    return TraceEvent.builder(TraceEventType.MESSAGE_SENT, "actor-" + random.nextInt(ACTORS))
        .eventId(new EventId(uuid(2, index)))
        .timestamp(START.plusSeconds(number).plusNanos(index))
        .data(
            TraceEventData.builder()
                .attribute("text", "x".repeat(random.nextInt(300)))
                .attribute("number", random.nextLong())
                .build())
        .build();
  }

  private static List<TraceEvent> events(long number, int from, int to) {
    List<TraceEvent> events = new ArrayList<>();
    for (int index = from; index < to; index++) {
      events.add(event(number, index));
    }
    return events;
  }

  private static int first(long number) {
    return 1 + (int) (number % 12);
  }

  /** As it is stored at first. */
  static FlowTrace begun(long number) {
    return FlowTrace.builder("flow-" + number % FLOWS)
        .traceId(id(number))
        .executionId(new ExecutionId(uuid(3, number)))
        .startTime(START.plusSeconds(number))
        .status(ExecutionStatus.running())
        .events(events(number, 0, first(number)))
        .build();
  }

  /** With three more events. */
  static FlowTrace grown(long number) {
    return begun(number).withEvents(events(number, 0, first(number) + 3));
  }

  /** Completed. */
  static FlowTrace completed(long number) {
    return grown(number).toBuilder()
        .status(ExecutionStatus.completed())
        .endTime(START.plusSeconds(number + 1))
        .build();
  }

  static boolean isDeletedInTheEnd(long number) {
    return number % 9 == 4;
  }

  /** Does all the work on a number. */
  static void doAll(TraceStore store, long number, LongConsumer done) {
    store.storeTrace(begun(number));
    store.storeEvents(id(number), events(number, first(number), first(number) + 3));
    store.storeTrace(completed(number).withEvents(List.of()));
    if (isDeletedInTheEnd(number)) {
      store.deleteTrace(id(number));
    }
    done.accept(number);
  }

  /** Whether {@code stored} is how the trace is between two steps of the work on it. */
  static boolean isAStep(long number, Optional<FlowTrace> stored) {
    return stored.isEmpty()
        || stored.get().equals(begun(number))
        || stored.get().equals(grown(number))
        || stored.get().equals(completed(number));
  }

  /** Whether {@code stored} is how the trace is after all work on it. */
  static boolean isTheEnd(long number, Optional<FlowTrace> stored) {
    return stored.equals(
        isDeletedInTheEnd(number) ? Optional.empty() : Optional.of(completed(number)));
  }

  static long numberOf(TraceId id) {
    return id.value().getLeastSignificantBits() & Long.MAX_VALUE;
  }
}
