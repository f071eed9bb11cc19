package io.tracestore.provider.mem;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Short ways to the values that tests need. */
final class TestTraces {
  static final Instant START = Instant.parse("2026-03-01T08:00:00Z");

  private TestTraces() {}

  static TraceStore open(String uri) {
    MemTraceStoreProvider provider = new MemTraceStoreProvider();
    StoreUri parsed = StoreUri.parse(uri);
    return provider.open(parsed, StoreOptions.of(parsed, provider.options()));
  }

  /** A completed trace of one event that started {@code second} seconds after {@link #START}. */
  static FlowTrace trace(int second) {
    return trace(second, "flow", "actor");
  }

  static FlowTrace trace(int second, String flowId, String... actors) {
    FlowTrace.Builder trace =
        FlowTrace.builder(flowId)
            .startTime(START.plusSeconds(second))
            .status(ExecutionStatus.completed());
    for (int i = 0; i < actors.length; i++) {
      trace.event(event(second * 1000 + i, actors[i]));
    }
    return trace.build();
  }

  static TraceEvent event(int millis, String actor) {
    return TraceEvent.builder(TraceEventType.ACTOR_STARTED, actor)
        .timestamp(START.plusMillis(millis))
        .build();
  }

  static List<TraceEvent> events(int from, int to) {
    List<TraceEvent> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      events.add(event(i, "actor"));
    }
    return events;
  }
}
