package io.tracestore.example;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** A store that writes storage only keeps every promise that a store in memory makes. */
class BytesKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "bytes:";
  }
}
