package io.tracestore.provider.clickhouse;

import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.provider.support.MissingLibrary;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code clickhouse:} stores: traces in a database of a ClickHouse server or cluster, which
 * any number of processes may use at once.
 *
 * <p>{@link TraceStore#unwrap} of such a store gives the {@code com.clickhouse.client.api.Client}
 * of its first server, for reading; it is closed with the store. Or a {@code javax.sql.DataSource}
 * of connections to it that are configured as the store is, if the application has ClickHouse's
 * JDBC driver ({@code com.clickhouse:jdbc-v2}) on its class path; each connection is closed by its
 * user.
 */
public final class ClickHouseTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "clickhouse";

  /** For {@link java.util.ServiceLoader}. */
  public ClickHouseTraceStoreProvider() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public List<String> aliases() {
    return List.of(ClickHouseSettings.SECURE_SCHEME, "jdbc:" + SCHEME);
  }

  @Override
  public String description() {
    return "Traces in ClickHouse, for very many of them; shared by many processes";
  }

  @Override
  public String uriSyntax() {
    return ClickHouseSettings.URI_SYNTAX;
  }

  @Override
  public List<StoreOption<?>> options() {
    return ClickHouseConfig.OPTIONS.all();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    ClickHouseSettings settings = ClickHouseSettings.of(uri, options);
    try {
      return ClickHouseTraceStore.open(settings);
    } catch (LinkageError e) {
      throw MissingLibrary.error(SCHEME, "com.clickhouse:client-v2", e);
    }
  }
}
