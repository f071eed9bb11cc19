package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClickHouseConfigTest {
  private static ClickHouseConfig config(String uri) {
    return ClickHouseConfig.fromUri(StoreUri.parse(uri));
  }

  @Test
  void aPlainUriMeansTheDefaults() {
    assertThat(config("clickhouse://localhost"))
        .isEqualTo(ClickHouseConfig.builder().build())
        .returns("tracing", ClickHouseConfig::database)
        .returns(Compression.LZ4, ClickHouseConfig::compression)
        .returns(10_000, ClickHouseConfig::batchSize)
        .returns(1_000_000_000L, ClickHouseConfig::maxMemoryUsage)
        .returns(300_000L, ClickHouseConfig::maxExecutionTimeMs)
        .returns(5_000L, ClickHouseConfig::flushIntervalMs)
        .returns(0, ClickHouseConfig::retentionDays)
        .returns(Rollups.NONE, ClickHouseConfig::rollups)
        .returns(List.of("http://localhost:8123"), ClickHouseConfig::endpoints);
  }

  @Test
  void userAndPasswordAreDecodedOnce() {
    assertThat(config("clickhouse://us%2Fer:p%40s%2525s@host:9/db"))
        .isEqualTo(
            ClickHouseConfig.builder()
                .hosts("host:9")
                .user("us/er")
                .password("p@s%25s")
                .database("db")
                .build());
  }

  @Test
  void aSecureUriSpeaksHttpsOnItsPort() {
    assertThat(config("clickhouses://a,b:1/db").endpoints())
        .containsExactly("https://a:8443", "https://b:1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "clickhouse://host:8123/tracing",
        "clickhouse://a:1,b:2,[::1]:3/db?ssl=true&sslRootCert=/ca.pem",
        "clickhouse://user:p%40ss@host/db?cluster=main&compression=ZSTD&batchSize=5",
        "clickhouse://host/db?accessToken=abc&maxConnections=7&connectionTimeoutMs=250",
        "clickhouse://host/db?maxMemoryUsage=10000000&maxExecutionTimeMs=1&retentionDays=30",
        "clickhouse://host/db?flushIntervalMs=20&rollups=HOUR"
      })
  void aConfigAndItsUriSayTheSame(String uri) {
    ClickHouseConfig config = config(uri);
    assertThat(ClickHouseConfig.fromUri(config.toUri())).isEqualTo(config);
    assertThat(config.toUri()).isEqualTo(StoreUri.parse(uri));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clickhouse:localhost | write clickhouse://",
        "clickhouse://host:99999/db | NAME:PORT",
        "clickhouse://host/my-db | database must be",
        "clickhouse://host/a?database=b | names database 'a' and the option 'b'",
        "clickhouses://host/a?ssl=false | does not go with ssl=false",
        "clickhouse://u:p@host/a?accessToken=x | does not go with user and password",
        "clickhouse://host/a?sslRootCert=/x.pem | needs ssl=true",
        "clickhouse://host/a?cluster=a'b | cluster must be",
        "clickhouse://host/a?batchSize=0 | batchSize",
        "clickhouse://host/a?compression=GZIP | LZ4, ZSTD, NONE"
      })
  void whatMakesNoSenseIsRefused(String uri, String why) {
    assertThatThrownBy(() -> config(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(why);
  }

  @Test
  void noSecretIsShown() {
    assertThat(config("clickhouse://u:hunter2@host/a").toString()).doesNotContain("hunter2");
    assertThat(config("clickhouse://host/a?accessToken=hunter2").toString())
        .doesNotContain("hunter2");
  }
}
