package io.tracestore.cli;

import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that is created when there is something to store in it, so that a command that finds
 * nothing creates nothing. A store that exists is opened at once. For one thread.
 */
final class WantedStore implements Supplier<TraceStore>, AutoCloseable {
  private final String uri;
  private @Nullable TraceStore store;
  private @Nullable TraceStoreException failure;

  private WantedStore(String uri, @Nullable TraceStore store) {
    this.uri = uri;
    this.store = store;
  }

  /** The store at {@code uri}; one that cannot be opened is reported now. */
  static WantedStore at(String uri) {
    Optional<TraceStore> there = Stores.openIfThere(uri);
    return new WantedStore(uri, there.orElse(null));
  }

  /** An open store. */
  static WantedStore of(TraceStore store) {
    return new WantedStore(store.toString(), store);
  }

  @Override
  public TraceStore get() {
    TraceStore open = store;
    if (open == null) {
      try {
        open = Stores.open(uri);
      } catch (TraceStoreException e) {
        failure = e;
        throw e;
      }
      store = open;
    }
    return open;
  }

  /** Reports why the store could not be created, if that was tried. */
  void throwIfNotOpened() {
    if (failure != null) {
      throw failure;
    }
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }

  @Override
  public String toString() {
    return store == null ? Stores.nameOf(uri) : Stores.nameOf(store);
  }
}
