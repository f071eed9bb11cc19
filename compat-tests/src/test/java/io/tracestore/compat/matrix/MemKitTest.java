package io.tracestore.compat.matrix;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** In memory, bounded: old traces go when a bound is reached, here a high one. */
class MemKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.EVICTING_MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "mem:?maxTraces=1000000&maxEventsPerTrace=200000&maxMemoryMb=4096";
  }
}
