package io.tracestore.provider.mem;

import io.tracestore.provider.mem.heap.MemorySettings;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;

/** The settings in a URI. */
final class TestSettings {
  private TestSettings() {}

  static MemorySettings of(StoreUri uri) {
    return MemorySettings.of(uri, StoreOptions.of(uri, new MemTraceStoreProvider().options()));
  }
}
