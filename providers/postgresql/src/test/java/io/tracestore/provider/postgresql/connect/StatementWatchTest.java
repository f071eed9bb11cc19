package io.tracestore.provider.postgresql.connect;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.postgresql.PostgresTraceStoreProvider;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import io.tracestore.testing.postgresql.PostgresServers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatementWatchTest {
  private static final String LONG = "SELECT pg_sleep(50)";
  private static final String SHORT = "SELECT 1";

  private static Connections connections() {
    PostgresTraceStoreProvider provider = new PostgresTraceStoreProvider();
    StoreUri uri = StoreUri.parse(PostgresServers.main().newStoreUri("statementTimeoutMs=1s"));
    PostgresSettings config =
        PostgresSettings.of(
            uri, StoreOptions.of(uri, provider.options(), provider.driverOptions()));
    return Connections.forReading(config, new PostgresErrors("a test"));
  }

  @Test
  void eachStatementOfACallHasALimit() {
    try (Connections connections = connections()) {
      assertThatThrownBy(() ->
              connections.call(session -> {
                session.run(SHORT);
                session.run(LONG);
                return true;
              }))
          .isInstanceOf(StoreTimeoutException.class)
          .hasMessageContaining("statementTimeoutMs=1000");
    }
  }

  @Test
  void aCallWithinACallDoesNotLiftTheLimit() {
    try (Connections connections = connections()) {
      assertThatThrownBy(() ->
              connections.call(session -> {
                connections.call(inner -> {
                  inner.run(SHORT);
                  return true;
                });
                session.run(LONG);
                return true;
              }))
          .isInstanceOf(StoreTimeoutException.class)
          .hasMessageContaining("statementTimeoutMs=1000");
    }
  }
}
