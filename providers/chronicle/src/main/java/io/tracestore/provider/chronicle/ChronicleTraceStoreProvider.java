package io.tracestore.provider.chronicle;

import io.tracestore.spi.StoreOption;
import io.tracestore.spi.StoreOptions;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceStoreProvider;
import java.util.List;

/**
 * Opens {@code chronicle:} stores: traces in a Chronicle Map, in a file that several processes of
 * one machine share, or off-heap only.
 */
public final class ChronicleTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "chronicle";

  /** For {@link java.util.ServiceLoader}. */
  public ChronicleTraceStoreProvider() {}

  /**
   * Opens a store from values.
   *
   * @throws TraceStoreException if it cannot be opened; nothing is left open then
   */
  public static TraceStore open(ChronicleConfig config) {
    JvmOptions.check();
    return ChronicleTraceStore.open(config);
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String description() {
    return "memory outside of the heap: a file mapped by several processes, or private";
  }

  @Override
  public String uriSyntax() {
    return "chronicle:PATH or chronicle:";
  }

  @Override
  public List<StoreOption<?>> options() {
    return ChronicleOptions.ALL;
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    return open(ChronicleConfig.fromUri(uri, options));
  }
}
