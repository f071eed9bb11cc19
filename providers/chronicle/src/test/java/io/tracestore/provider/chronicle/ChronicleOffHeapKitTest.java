package io.tracestore.provider.chronicle;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** The kit in private memory outside of the heap. */
class ChronicleOffHeapKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "chronicle:?maxTraces=20000&averageTraceBytes=12288&indexedAttributes=order.id";
  }
}
