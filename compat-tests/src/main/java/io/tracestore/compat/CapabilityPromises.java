package io.tracestore.compat;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.spi.Capability;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A store declares what the kit's table says of its sort of backend, and does it. */
abstract class CapabilityPromises extends StorePromises {
  @Test
  void theStoreDeclaresWhatTheTableSays() {
    assertThat(store().capabilities()).isEqualTo(fixture().traits().capabilities());
  }

  @Test
  void aPersistentStoreHasItsDataAfterAReopen() {
    onlyIf(Capability.PERSISTENT);
    store().storeTraces(Samples.traces(0, 50));
    kitStore().reopen();
    assertThat(store().queryTraces(TraceQuery.ALL)).isEqualTo(Samples.traces(0, 50).reversed());
  }

  @Test
  void twoStoresMayShareTheirData() {
    onlyIf(Capability.SHARED);
    try (TraceStore other = TraceStores.open(kitStore().uri())) {
      store().storeTrace(Samples.trace(1));
      assertThat(other.getTrace(Samples.traceId(1))).contains(Samples.trace(1));
      other.storeEvent(Samples.traceId(1), Samples.event(5));
      assertThat(store().getEvents(Samples.traceId(1)))
          .containsExactly(Samples.event(0), Samples.event(1), Samples.event(5));
    }
  }

  @Test
  void twoProcessesMayWriteAtOnceAndLoseNothing() throws IOException, InterruptedException {
    onlyIf(Capability.SHARED);
    int each = 300;
    try (ChildProcess child = ChildProcess.start(fixture(), kitStore().uri(), 0, each)) {
      child.awaitAcknowledged(1); // both write from here on
      for (int number = each; number < 2 * each; number++) {
        store().storeTrace(Samples.busy(number));
      }
      assertThat(child.awaitEnd()).isEqualTo(0);
    }
    assertThat(store().count(TraceQuery.ALL)).isEqualTo(2L * each);
    for (int number = 0; number < 2 * each; number++) {
      assertThat(store().getTrace(Samples.traceId(number))).contains(Samples.busy(number));
    }
  }
}
