package io.tracestore.provider.clickhouse;

import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;

/** The settings in a URI. */
public final class TestSettings {
  private TestSettings() {}

  public static ClickHouseSettings of(String uri) {
    StoreUri parsed = StoreUri.parse(uri);
    return ClickHouseSettings.of(
        parsed, StoreOptions.of(parsed, new ClickHouseTraceStoreProvider().options()));
  }
}
