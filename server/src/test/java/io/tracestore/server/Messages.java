package io.tracestore.server;

import io.tracestore.codec.ReflowJson;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** Messages of Reflow programs, and a wait for what they bring about. */
final class Messages {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  static final String RECORDED = "{\"EventRecorded\":{\"success\":true,\"error\":null}}";
  private static final String VERSION =
      "{\"major\":1,\"minor\":2,\"patch\":3,\"git_hash\":null,\"timestamp\":\"2026-01-02T03:04:05Z\"}";

  private Messages() {}

  static String start(TraceId traceId, String flowId) {
    return "{\"StartTrace\":{\"trace_id\":\"%s\",\"flow_id\":\"%s\",\"version\":%s}}"
        .formatted(traceId, flowId, VERSION);
  }

  /** As the first generation sends it. */
  static String start(String flowId) {
    return "{\"StartTrace\":{\"flow_id\":\"%s\",\"version\":%s}}".formatted(flowId, VERSION);
  }

  static String started(TraceId traceId) {
    return "{\"TraceStarted\":{\"trace_id\":\"%s\"}}".formatted(traceId);
  }

  static String record(TraceId traceId, TraceEvent event) {
    return "{\"RecordEvent\":{\"trace_id\":\"%s\",\"event\":%s}}"
        .formatted(traceId, ReflowJson.write(event));
  }

  static String end(TraceId traceId, String status) {
    return "{\"EndTrace\":{\"trace_id\":\"%s\",\"status\":%s}}".formatted(traceId, status);
  }

  static String get(TraceId traceId) {
    return "{\"GetTrace\":{\"request_id\":\"%s\",\"trace_id\":\"%s\"}}".formatted(traceId, traceId);
  }

  static TraceEvent event(String actor) {
    return event(actor, TraceEventType.ACTOR_STARTED);
  }

  static TraceEvent event(String actor, TraceEventType type) {
    return TraceEvent.builder(type, actor).timestamp(Instant.now()).build();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    await(what, PATIENCE, condition);
  }

  static void await(String what, Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within %s: %s".formatted(patience, what));
      }
      Thread.sleep(10);
    }
  }
}
