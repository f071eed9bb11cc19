package io.tracestore.provider.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URIs are read as they are meant, and wrong ones are refused with the reason. */
class PostgresConfigTest {
  private static PostgresConfig config(String uri) {
    return PostgresConfig.fromUri(StoreUri.parse(uri));
  }

  @Test
  void aDatabaseAloneIsOnThisMachine() {
    assertThat(config("postgresql:///db")).isEqualTo(PostgresConfig.builder("db").build());
  }

  @Test
  void hostsMayBeSeveralWithPortsAndIpv6Addresses() {
    assertThat(config("postgres://one,two:5433,[::1]:5434/db").hosts())
        .isEqualTo(List.of("one", "two:5433", "[::1]:5434"));
  }

  @Test
  void userPasswordAndDatabaseMayHoldAnyCharacter() {
    PostgresConfig config = PostgresConfig.builder("d/b?").user("m:e@").password("p/@:%w").build();
    assertThat(PostgresConfig.fromUri(config.toUri())).isEqualTo(config);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "postgresql:db                                     | postgresql://USER:PASSWORD@HOST:PORT/DATABASE",
        "postgresql://host                                 | names no database",
        "postgresql://host:99999/db                        | NAME:PORT",
        "postgresql://host:x/db                            | NAME:PORT",
        "postgresql://host/db?maxConnections=1             | option 'maxConnections'",
        "postgresql://host/db?minConnections=30            | minConnections must be at most",
        "postgresql://host/db?idleTimeoutMs=5s             | idleTimeoutMs must be 0 or at least",
        "postgresql://host/db?maxLifetimeMs=5s             | maxLifetimeMs must be 0 or at least",
        "postgresql://host/db?schemaName=pg_mine           | PostgreSQL's own",
        "postgresql://host/db?partitionInterval=YEARLY     | HOURLY, DAILY, WEEKLY, MONTHLY",
        "postgresql://host/db?currentSchema=x              | unknown option 'currentSchema'",
        "postgresql://me:one@host/db?password=two          | the password is given twice",
      })
  void whatIsWrongIsSaid(String uri, String reason) {
    assertThatThrownBy(() -> config(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void nothingShowsThePassword() {
    PostgresConfig config =
        PostgresConfig.builder("db").password("s3cret").driverOption("sslpassword", "t0p").build();
    assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("t0p");
  }
}
