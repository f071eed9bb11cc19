package io.tracestore.spi;

import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.Collection;
import java.util.List;

/**
 * Opens stores of one backend. Found through {@link java.util.ServiceLoader}: declare it in {@code
 * META-INF/services/io.tracestore.spi.TraceStoreProvider} and, in a module, with {@code provides}.
 *
 * <p>Stateless, safe for many threads, cheap to make: it touches the backend only in {@link #open}.
 */
public interface TraceStoreProvider {
  /** The scheme of its URIs, in lower case, such as {@code sqlite}. */
  String scheme();

  /** Further schemes that mean the same, such as {@code jdbc:sqlite}; empty by default. */
  default List<String> aliases() {
    return List.of();
  }

  /** One line that names the place where it stores traces. */
  String description();

  /** The shape of its URIs, such as {@code sqlite:PATH}. */
  String uriSyntax();

  /** Every option its URIs take, in the order in which documents list them. */
  List<StoreOption<?>> options();

  /**
   * Names of further options that its URIs take and that go to a driver as they are; the driver
   * documents them. None by default.
   */
  default Collection<String> driverOptions() {
    return List.of();
  }

  /**
   * Opens a store. If that fails, nothing stays open.
   *
   * @param uri of one of its schemes; placeholders are filled in
   * @param options the URI's options, checked and typed
   * @throws StoreConfigurationException if the URI's body or the options together make no sense
   * @throws TraceStoreException if the backend cannot be used
   */
  TraceStore open(StoreUri uri, StoreOptions options);
}
