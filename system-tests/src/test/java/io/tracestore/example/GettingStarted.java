package io.tracestore.example;

import static io.tracestore.model.ExecutionStatus.Kind.FAILED;

import io.tracestore.FlowRecorder;
import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.List;
import java.util.Optional;

/** The applications of the README and of "Getting started", word for word. */
final class GettingStarted {
  private GettingStarted() {}

  static void record(String uri) {
    try (TraceStore store = TraceStores.open(uri)) {
      FlowRecorder flow = FlowRecorder.start(store, "etl");
      FlowRecorder.Actor reader = flow.actor("reader");
      reader.started().record();
      TraceEvent sent = reader.sentTo("writer", "in").message("row", "42").record();
      FlowRecorder.Actor writer = flow.actor("writer");
      writer.started().causedBy(sent).record();
      writer.failed("disk full").record();
      flow.fail("disk full");
    }
  }

  static List<TraceEvent> store(String uri) {
    try (TraceStore store = TraceStores.open(uri)) {
      FlowTrace trace =
          FlowTrace.builder("etl")
              .status(ExecutionStatus.failed("disk full"))
              .event(TraceEvent.builder(TraceEventType.ACTOR_STARTED, "reader").build())
              .build();
      store.storeTrace(trace); // upsert; durable when it returns
      Optional<FlowTrace> one = store.getTrace(trace.traceId());
      List<FlowTrace> page =
          store.queryTraces(TraceQuery.builder().flowId("etl").status(FAILED).limit(20).build());
      store.storeEvent(
          trace.traceId(), TraceEvent.builder(TraceEventType.ACTOR_FAILED, "reader").build());
      List<TraceEvent> events = store.getEvents(trace.traceId());
      store.healthCheck();
      return one.isPresent() && page.contains(trace) ? events : List.of();
    }
  }
}
