package io.tracestore.example;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import java.nio.file.Path;

/** The example provider keeps every promise that a store in memory makes. */
class ExampleKitTest extends TraceStoreKit {
  @Override
  public BackendTraits traits() {
    return BackendTraits.MEMORY;
  }

  @Override
  public String newStoreUri(Path directory) {
    return "example:?maxTraces=1000000";
  }
}
