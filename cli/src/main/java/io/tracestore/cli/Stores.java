package io.tracestore.cli;

import io.tracestore.TraceStores;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import java.util.Optional;

/** Opens the store that a command line names; a URI that makes no sense is wrong usage. */
final class Stores {
  private Stores() {}

  static TraceStore open(String uri) {
    StoreUri parsed;
    try {
      parsed = StoreUri.parse(uri);
      check(parsed);
    } catch (StoreConfigurationException e) {
      throw CommandFailedException.usage(String.valueOf(e.getMessage()), e);
    }
    return TraceStores.open(parsed);
  }

  private static void check(StoreUri uri) {
    Optional<TraceStoreProvider> provider =
        TraceStores.providers().stream().filter(each -> takes(each, uri.scheme())).findFirst();
    if (provider.isEmpty()) {
      // Fails, and says which schemes there are.
      TraceStores.open(uri).close();
    } else if (uri.options().values().stream().noneMatch(value -> value.contains("${"))) {
      TraceStores.optionsOf(uri, provider.get());
    }
  }

  private static boolean takes(TraceStoreProvider provider, String scheme) {
    return provider.scheme().equals(scheme) || provider.aliases().contains(scheme);
  }
}
