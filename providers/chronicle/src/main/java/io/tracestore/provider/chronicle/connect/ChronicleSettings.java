package io.tracestore.provider.chronicle.connect;

import io.tracestore.provider.chronicle.ChronicleConfig;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The settings in a URI, read and checked once.
 *
 * @param uri names the store in messages
 * @param path the file; null for a private map outside of the heap
 * @param sizing how much the map takes
 * @param create whether a missing file is made, or an error
 * @param attributes the attributes by which traces are found
 */
public record ChronicleSettings(
    StoreUri uri, @Nullable Path path, Sizing sizing, boolean create, DataTerms attributes) {
  public static ChronicleSettings of(StoreUri uri, StoreOptions options) {
    Sizing sizing =
        new Sizing(
            options.get(ChronicleConfig.MAX_TRACES),
            options.get(ChronicleConfig.AVERAGE_TRACE_BYTES),
            options.get(ChronicleConfig.MAX_BLOAT_FACTOR));
    return new ChronicleSettings(
        uri,
        path(uri),
        sizing,
        options.get(ChronicleConfig.CREATE),
        DataTerms.of(options.get(ChronicleConfig.INDEXED_ATTRIBUTES)));
  }

  private static @Nullable Path path(StoreUri uri) {
    String body = uri.body();
    if (body.isEmpty()) {
      return null;
    }
    try {
      return Path.of(body);
    } catch (InvalidPathException e) {
      throw new StoreConfigurationException("%s: not a path: %s".formatted(uri, e.getReason()), e);
    }
  }
}
