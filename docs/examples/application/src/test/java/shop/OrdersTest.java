package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.tracestore.TraceStores;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import org.junit.jupiter.api.Test;

class OrdersTest {
  @Test
  void anOrderOfTooManyFails() {
    try (TraceStore store = TraceStores.open("mem:")) {
      TraceId id = new Orders(store).take("chair", 12);

      FlowTrace trace = store.getTrace(id).orElseThrow();
      assertEquals(ExecutionStatus.failed("only 10 in stock"), trace.status());
      assertEquals("stock", trace.events().getLast().actorId());
    }
  }

  @Test
  void whatIsRecordedInTheBackgroundIsThereInTheEnd() {
    try (TraceStore store = TraceStores.open("mem:")) {
      InBackground.record(store, 100);

      assertEquals(100, store.count(TraceQuery.builder().flowId("tick").build()));
    }
  }
}
