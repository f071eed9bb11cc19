package io.tracestore.example;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/** Opens {@code bytes:} stores. */
public final class BytesProvider implements TraceStoreProvider {
  @Override
  public String scheme() {
    return "bytes";
  }

  @Override
  public String description() {
    return "Keeps encoded traces and finds them with the index kit; an example of the provider guide.";
  }

  @Override
  public String uriSyntax() {
    return "bytes:";
  }

  @Override
  public List<StoreOption<?>> options() {
    return List.of();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    if (!uri.body().isEmpty()) {
      throw new StoreConfigurationException(
          "bytes: takes nothing after the colon: '" + uri + "'", null);
    }
    return new BytesStore(uri.toString());
  }
}
