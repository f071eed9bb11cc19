package io.tracestore.provider.postgresql.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.postgresql.PostgresTraceStoreProvider;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** URIs are read as they are meant, and wrong ones are refused with the reason. */
class PostgresSettingsTest {
  private static PostgresSettings settings(String uri) {
    return settings(StoreUri.parse(uri));
  }

  private static PostgresSettings settings(StoreUri uri) {
    PostgresTraceStoreProvider provider = new PostgresTraceStoreProvider();
    return PostgresSettings.of(
        uri, StoreOptions.of(uri, provider.options(), provider.driverOptions()));
  }

  @Test
  void aDatabaseAloneIsOnThisMachine() {
    assertThat(settings("postgresql:///db").hosts()).containsExactly("localhost");
  }

  @Test
  void hostsMayBeSeveralWithPortsAndIpv6Addresses() {
    assertThat(settings("postgres://one,two:5433,[::1]:5434/db").hosts())
        .isEqualTo(List.of("one", "two:5433", "[::1]:5434"));
  }

  @Test
  void userPasswordAndDatabaseMayHoldAnyCharacter() {
    PostgresConfig config = PostgresConfig.of("d/b?").user("m:e@").password("p/@:%w");
    assertThat(settings(config.toUri()))
        .returns("d/b?", PostgresSettings::database)
        .returns("m:e@", PostgresSettings::user)
        .returns("p/@:%w", PostgresSettings::password);
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
  void theErrorNamesTheMistake(String uri, String reason) {
    assertThatThrownBy(() -> settings(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void nothingShowsThePassword() {
    PostgresConfig config =
        PostgresConfig.of("db").password("s3cret").driverOption("sslpassword", "t0p");
    assertThat(config.toString()).doesNotContain("s3cret").doesNotContain("t0p");
  }

  @Test
  void retentionIsAlsoGivenInDaysByTheNameOfTheSpecification() {
    assertThat(settings("postgresql:///db?partitionRetentionDays=30").retention())
        .isEqualTo(Duration.ofDays(30))
        .isEqualTo(settings("postgresql:///db?retention=30d").retention());
  }

  @Test
  void retentionGivenUnderBothNamesIsRefused() {
    assertThatThrownBy(() -> settings("postgresql:///db?retention=1d&partitionRetentionDays=1"))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessage("postgresql: option 'retention' is given under two names; keep one");
  }

  @Test
  void fewConnectionsNeedNoSmallerMinimum() {
    assertThat(settings("postgresql:///db?maxConnections=2").minConnections()).isEqualTo(2);
  }
}
