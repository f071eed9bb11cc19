package io.tracestore.example;

import io.tracestore.FlowRecorder;
import io.tracestore.TraceStores;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceStore;

/** The application of the README, word for word. */
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
}
