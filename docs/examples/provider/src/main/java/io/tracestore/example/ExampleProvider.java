package io.tracestore.example;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/** Opens {@code example:} stores. */
public final class ExampleProvider implements TraceStoreProvider {
  private static final StoreOption<Integer> MAX_TRACES =
      StoreOption.ofInt(
          "maxTraces", 10_000, 1, Integer.MAX_VALUE, "How many traces it takes before it refuses.");

  @Override
  public String scheme() {
    return "example";
  }

  @Override
  public String description() {
    return "Keeps traces in plain maps; the example of the provider guide.";
  }

  @Override
  public String uriSyntax() {
    return "example:";
  }

  @Override
  public List<StoreOption<?>> options() {
    return List.of(MAX_TRACES);
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    if (!uri.body().isEmpty()) {
      throw new StoreConfigurationException(
          "example: takes nothing after the colon: '" + uri + "'", null);
    }
    return new ExampleStore(uri.toString(), options.get(MAX_TRACES));
  }
}
