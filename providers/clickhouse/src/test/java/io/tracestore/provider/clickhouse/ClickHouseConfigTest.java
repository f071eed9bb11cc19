package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.clickhouse.connect.ClickHouseSettings;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClickHouseConfigTest {
  private static ClickHouseSettings settings(String uri) {
    return TestSettings.of(uri);
  }

  @Test
  void aPlainUriMeansTheDefaults() {
    assertThat(settings("clickhouse://localhost"))
        .returns("tracing", ClickHouseSettings::database)
        .returns(Compression.LZ4, s -> s.get(ClickHouseConfig.COMPRESSION))
        .returns(10_000, s -> s.get(ClickHouseConfig.BATCH_SIZE))
        .returns(1_000_000_000L, s -> s.get(ClickHouseConfig.MAX_MEMORY_USAGE))
        .returns(300_000L, s -> s.get(ClickHouseConfig.MAX_EXECUTION_TIME_MS))
        .returns(5_000L, s -> s.get(ClickHouseConfig.FLUSH_INTERVAL_MS))
        .returns(null, ClickHouseSettings::retentionDays)
        .returns(Rollups.NONE, s -> s.get(ClickHouseConfig.ROLLUPS))
        .returns(List.of("http://localhost:8123"), ClickHouseSettings::endpoints);
  }

  @Test
  void userAndPasswordAreDecodedOnce() {
    assertThat(settings("clickhouse://us%2Fer:p%40s%2525s@host:9/db"))
        .returns("us/er", ClickHouseSettings::user)
        .returns("p@s%25s", ClickHouseSettings::password)
        .returns("db", ClickHouseSettings::database);
  }

  @Test
  void aConfigIsTheUriThatSaysTheSame() {
    ClickHouseConfig config =
        ClickHouseConfig.of().hosts("a:1", "[::1]:3").user("u").password("p@ss").tls(true);
    assertThat(config.cluster("main").compression(Compression.ZSTD).toUri())
        .isEqualTo(
            StoreUri.parse(
                "clickhouse://u:p%40ss@a:1,[::1]:3?tls=true&cluster=main&compression=ZSTD"));
  }

  @ParameterizedTest
  @CsvSource({"retention=30d, 30", "retention=36h, 2", "retentionDays=7, 7", "retention=0, 0"})
  void retentionIsRoundedUpToDays(String option, int days) {
    assertThat(settings("clickhouse://host/db?" + option).retentionDays()).isEqualTo(days);
  }

  @Test
  void aSecureUriSpeaksHttpsOnItsPort() {
    assertThat(settings("clickhouses://a,b:1/db").endpoints())
        .containsExactly("https://a:8443", "https://b:1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "clickhouse:localhost | write clickhouse://",
        "clickhouse://host:99999/db | NAME:PORT",
        "clickhouse://host/my-db | database must be",
        "clickhouse://host/a?database=b | names database 'a' and the option 'b'",
        "clickhouses://host/a?ssl=false | does not go with tls=false",
        "clickhouse://u:p@host/a?accessToken=x | does not go with user and password",
        "clickhouse://host/a?tlsCa=/x.pem | needs tls=true",
        "clickhouse://host/a?cluster=a'b | cluster must be",
        "clickhouse://host/a?batchSize=0 | batchSize",
        "clickhouse://host/a?compression=GZIP | LZ4, ZSTD, NONE"
      })
  void senselessOptionsAreRefused(String uri, String why) {
    assertThatThrownBy(() -> settings(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(why);
  }

  @Test
  void noSecretIsShown() {
    assertThat(settings("clickhouse://u:hunter2@host/a").toString()).doesNotContain("hunter2");
    assertThat(settings("clickhouse://host/a?accessToken=hunter2").toString())
        .doesNotContain("hunter2");
  }
}
