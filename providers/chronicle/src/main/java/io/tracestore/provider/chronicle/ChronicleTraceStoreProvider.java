package io.tracestore.provider.chronicle;

import io.tracestore.provider.chronicle.connect.ChronicleSettings;
import io.tracestore.provider.chronicle.connect.JvmOptions;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code chronicle:} stores: traces in a Chronicle Map, in a file that one process has open,
 * or off-heap only.
 */
public final class ChronicleTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "chronicle";

  /** For {@link java.util.ServiceLoader}. */
  public ChronicleTraceStoreProvider() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public String description() {
    return "memory outside of the heap: a file that one process has open, or private";
  }

  @Override
  public String uriSyntax() {
    return "chronicle:PATH or chronicle:";
  }

  @Override
  public List<StoreOption<?>> options() {
    return ChronicleConfig.OPTIONS.all();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    ChronicleSettings settings = ChronicleSettings.of(uri, options);
    JvmOptions.check();
    return ChronicleTraceStore.open(settings);
  }
}
