package io.tracestore.provider.mem;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** The kit in memory, bounded: traces that do not fit are refused. */
class MemUnevictedKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "mem:?evictionPolicy=NONE&maxTraces=1000000&maxEventsPerTrace=200000&maxMemoryMb=4096&indexedAttributes=order.id";
  }
}
