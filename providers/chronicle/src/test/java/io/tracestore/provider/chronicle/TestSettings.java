package io.tracestore.provider.chronicle;

import io.tracestore.provider.chronicle.connect.ChronicleSettings;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;

/** The settings in a URI. */
final class TestSettings {
  private TestSettings() {}

  static ChronicleSettings of(StoreUri uri) {
    return ChronicleSettings.of(
        uri, StoreOptions.of(uri, new ChronicleTraceStoreProvider().options()));
  }
}
