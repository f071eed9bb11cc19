package io.tracestore.provider.mem;

import io.tracestore.provider.mem.heap.MemorySettings;
import io.tracestore.provider.mem.heap.NamedHeaps;
import io.tracestore.provider.mem.heap.TraceHeap;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code mem:} stores, which keep traces on the heap within bounds.
 *
 * <p>{@code mem:} is private to the store object. {@code mem:name} is shared: all stores of that
 * name that are open in the JVM at once see the same data, and share its bounds. The data of either
 * kind go when the last store that shows them is closed.
 *
 * <p>Named data have the options with which they were first opened. To open them again, leave an
 * option out or give it the same value; another value is a {@link StoreConfigurationException}.
 */
public final class MemTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "mem";

  /** For {@link java.util.ServiceLoader}. */
  public MemTraceStoreProvider() {}

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    MemorySettings settings = MemorySettings.of(uri, options);
    String name = settings.sharedName();
    if (name == null) {
      return new MemTraceStore(settings.toString(), new TraceHeap(settings), () -> {});
    }
    return new MemTraceStore(
        settings.toString(), NamedHeaps.acquire(name, settings), () -> NamedHeaps.release(name));
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String description() {
    return "the heap of this JVM, within bounds; gone when it is closed";
  }

  @Override
  public String uriSyntax() {
    return "mem: or mem:NAME";
  }

  @Override
  public List<StoreOption<?>> options() {
    return MemoryConfig.OPTIONS.all();
  }
}
