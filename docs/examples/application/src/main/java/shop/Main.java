package shop;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.util.List;

/** Takes two orders and lists those that failed. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    String uri = arguments.length > 0 ? arguments[0] : "sqlite:orders.db";
    try (TraceStore store = TraceStores.open(uri)) {
      Orders orders = new Orders(store);
      orders.take("lamp", 3);
      orders.take("chair", 12);

      List<FlowTrace> failed =
          store.queryTraces(
              TraceQuery.builder()
                  .flowId("order")
                  .status(ExecutionStatus.Kind.FAILED)
                  .limit(20)
                  .build());
      for (FlowTrace trace : failed) {
        System.out.println("failed, with " + trace.events().size() + " events");
      }
    }
  }
}
