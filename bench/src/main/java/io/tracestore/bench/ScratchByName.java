package io.tracestore.bench;

import io.tracestore.TraceStores;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Scratch places of a backend that this module does not know: the URI says with {@code {scratch}}
 * where the name of a place belongs. A place is emptied, not removed, and places that earlier runs
 * left are not found.
 */
record ScratchByName(StoreUri given) implements Scratch.Places {
  private static final String MARK = "{scratch}";

  /**
   * The places of {@code given}.
   *
   * @throws StoreConfigurationException if it has no mark, and its store keeps data of the user's
   */
  static Scratch.Places of(StoreUri given) {
    ScratchByName places = new ScratchByName(given);
    if (!places.uri("").equals(given)) {
      return places;
    }
    try (TraceStore store = TraceStores.open(given)) {
      if (store.capabilities().contains(Capability.PERSISTENT)) {
        throw new StoreConfigurationException(
            "bench must not write into your data: put %s into '%s' where a scratch place is named"
                .formatted(MARK, given),
            null);
      }
    }
    return places;
  }

  @Override
  public StoreUri uri(String name) {
    Map<String, String> options = new LinkedHashMap<>();
    given.options().forEach((option, value) -> options.put(option, value.replace(MARK, name)));
    return StoreUri.of(given.scheme(), given.rawBody().replace(MARK, name), options);
  }

  @Override
  public List<String> names() {
    return List.of();
  }

  @Override
  public void remove(String name) {
    if (!uri(name).equals(given)) {
      try (TraceStore store = TraceStores.open(uri(name))) {
        long unused = store.purgeBefore(Instant.MAX);
      }
    }
  }
}
