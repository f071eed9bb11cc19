package io.tracestore.provider.postgresql.connect;

import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.spi.config.StoreOption;

/**
 * The time limit of one statement. A {@link StatementWatch} asks the server to end it, so that the
 * limit also holds behind a pooler; only COPY, which is no statement to the driver, is ended by the
 * server's own clock.
 *
 * @param option the option that says it
 * @param millis its value
 */
public record StatementLimit(StoreOption<Long> option, long millis) {
  static StatementLimit ofCalls(PostgresSettings config) {
    return new StatementLimit(
        PostgresConfig.STATEMENT_TIMEOUT_MS, config.get(PostgresConfig.STATEMENT_TIMEOUT_MS));
  }

  /** The limit of statements that remove traces or renew statistics. */
  static StatementLimit ofMaintenance(PostgresSettings config) {
    return new StatementLimit(
        PostgresConfig.MAINTENANCE_TIMEOUT_MS, config.get(PostgresConfig.MAINTENANCE_TIMEOUT_MS));
  }

  /** The limit in whole seconds, rounded up: the unit of the driver. */
  public int seconds() {
    return (int) Math.ceilDiv(millis, 1000L);
  }

  @Override
  public String toString() {
    return "%s=%d".formatted(option.name(), millis);
  }
}
