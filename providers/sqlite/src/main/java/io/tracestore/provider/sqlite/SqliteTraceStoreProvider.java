package io.tracestore.provider.sqlite;

import io.tracestore.provider.sqlite.connect.MissingDriver;
import io.tracestore.provider.sqlite.connect.SqliteSettings;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code sqlite:} stores: traces in a SQLite file, which several processes may use at once,
 * or in memory.
 *
 * <p>{@link TraceStore#unwrap} of a store in a file gives a read-only {@link javax.sql.DataSource}
 * on it. Its connections have the PRAGMAs of the store's own and belong to the caller, who closes
 * them.
 */
public final class SqliteTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "sqlite";

  /** For {@link java.util.ServiceLoader}. */
  public SqliteTraceStoreProvider() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public List<String> aliases() {
    return List.of("jdbc:sqlite");
  }

  @Override
  public String description() {
    return "Traces in a SQLite file, or in memory with SQLite as the engine";
  }

  @Override
  public String uriSyntax() {
    return "sqlite:PATH or sqlite::memory:";
  }

  @Override
  public List<StoreOption<?>> options() {
    return SqliteConfig.OPTIONS.all();
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    SqliteSettings settings = SqliteSettings.of(uri, options);
    try {
      return SqliteTraceStore.open(settings);
    } catch (LinkageError e) {
      throw MissingDriver.explain(settings.toString(), e);
    }
  }
}
