package io.tracestore.provider.mem.heap;

import io.tracestore.provider.mem.MemoryConfig;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The settings in a URI, read and checked once.
 *
 * @param uri names the store in messages
 * @param options the values of {@link MemoryConfig}'s constants
 * @param attributes the attributes by which traces are found
 */
public record MemorySettings(StoreUri uri, StoreOptions options, DataTerms attributes) {
  public static MemorySettings of(StoreUri uri, StoreOptions options) {
    return new MemorySettings(
        uri, options, DataTerms.of(options.get(MemoryConfig.INDEXED_ATTRIBUTES)));
  }

  public <T> T get(StoreOption<T> option) {
    return options.get(option);
  }

  /** The name by which the store is shared within this JVM; null for a private store. */
  public @Nullable String sharedName() {
    String name = uri.body();
    return name.isEmpty() ? null : name;
  }

  /** The options that the URI gives. */
  List<StoreOption<?>> given() {
    return MemoryConfig.OPTIONS.all().stream().filter(options::isSet).toList();
  }

  /** The value of {@code option} as a URI would give it. */
  public <T> String textOf(StoreOption<T> option) {
    return option.format(get(option));
  }

  /** The store's name in messages. */
  @Override
  public String toString() {
    return uri.toString();
  }

  /** The bound on memory in bytes. */
  public long maxBytes() {
    return (long) get(MemoryConfig.MAX_MEMORY_MB) << 20;
  }
}
