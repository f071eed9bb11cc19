package io.tracestore.system.selftest;

import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/** Opens {@code defective:DEFECT} stores: the example store with that defect. */
final class DefectiveProvider implements TraceStoreProvider {
  @Override
  public String scheme() {
    return "defective";
  }

  @Override
  public String description() {
    return "Breaks one promise.";
  }

  @Override
  public String uriSyntax() {
    return "defective:DEFECT";
  }

  @Override
  public List<StoreOption<?>> options() {
    return List.of();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    return Defect.valueOf(uri.body()).in(TraceStores.open("example:?maxTraces=1000000"));
  }
}
