package shop;

import io.tracestore.FlowRecorder;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;

/** Takes orders, and records each as a run of the flow "order". */
public final class Orders {
  private static final int IN_STOCK = 10;

  private final TraceStore traces;

  public Orders(TraceStore traces) {
    this.traces = traces;
  }

  /** Takes an order; returns the id of the trace that says how it went. */
  public TraceId take(String item, int count) {
    try (FlowRecorder flow = FlowRecorder.start(traces, "order")) {
      FlowRecorder.Actor desk = flow.actor("desk");
      desk.started().record();
      TraceEvent sent =
          desk.sentTo("stock", "in")
              .message("order", count + " x " + item)
              .attribute("order.item", item)
              .record();
      desk.completed().record();

      FlowRecorder.Actor stock = flow.actor("stock");
      stock.started().causedBy(sent).record();
      if (count <= IN_STOCK) {
        stock.completed().record();
        flow.complete();
      } else {
        stock.failed("only 10 in stock").record();
        flow.fail("only 10 in stock");
      }
      return flow.traceId();
    }
  }
}
