package io.tracestore.provider.mem;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;
import java.util.List;

/** The kit in memory, bounded: old traces go when a bound is reached, here a high one. */
class MemKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.EVICTING_MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "mem:?maxTraces=1000000&maxEventsPerTrace=200000&maxMemoryMb=4096";
  }

  @Override
  public List<String> failingUris(Path directory) {
    return List.of("mem:?maxTraces=0", "mem:?retention=1d&retentionInterval=0");
  }
}
