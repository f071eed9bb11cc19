package io.tracestore.provider.postgresql;

import io.tracestore.provider.postgresql.connect.DriverOptions;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.support.MissingLibrary;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreProvider;
import io.tracestore.spi.config.StoreOption;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/**
 * Opens {@code postgresql:} stores: traces in a schema of a PostgreSQL database (version 13 or
 * newer), which any number of processes may use at once.
 *
 * <p>{@link TraceStore#unwrap} of such a store gives the {@link javax.sql.DataSource} of its
 * connections, for reading; a connection goes back to the store when it is closed.
 */
public final class PostgresTraceStoreProvider implements TraceStoreProvider {
  static final String SCHEME = "postgresql";

  /** For {@link java.util.ServiceLoader}. */
  public PostgresTraceStoreProvider() {}

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public List<String> aliases() {
    return List.of("postgres", "jdbc:postgresql");
  }

  @Override
  public String description() {
    return "Traces in a PostgreSQL database, shared by many processes";
  }

  @Override
  public String uriSyntax() {
    return PostgresSettings.URI_SYNTAX;
  }

  @Override
  public List<StoreOption<?>> options() {
    return PostgresConfig.OPTIONS.all();
  }

  @Override
  public List<String> driverOptions() {
    try {
      return DriverOptions.ALL;
    } catch (LinkageError e) {
      return List.of(); // the open says that the driver is missing
    }
  }

  @Override
  public TraceStore open(StoreUri uri, StoreOptions options) {
    try {
      return PostgresTraceStore.open(PostgresSettings.of(uri, options));
    } catch (LinkageError e) {
      throw MissingLibrary.error(SCHEME, "org.postgresql:postgresql", e);
    }
  }
}
