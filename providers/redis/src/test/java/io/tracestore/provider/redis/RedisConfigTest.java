package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.provider.redis.connect.RedisSettings;
import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.config.StoreUri;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedisConfigTest {
  @Test
  void aPlainUriMeansTheDefaults() {
    assertThat(settings("redis://localhost"))
        .returns(3_600_000L, RedisSettings::ttlMillis)
        .returns("tracestore", s -> s.get(RedisConfig.KEY_PREFIX))
        .returns(0, RedisSettings::database)
        .returns(List.of("localhost:6379"), RedisSettings::hosts);
  }

  @Test
  void userPasswordAndDatabaseAreDecodedOnce() {
    assertThat(settings("redis://us%2Fer:p%40s%2525s@host:7000/3"))
        .returns("us/er", RedisSettings::username)
        .returns("p@s%25s", RedisSettings::password)
        .returns(3, RedisSettings::database);
  }

  @Test
  void aPasswordMayStandAlone() {
    assertThat(settings("redis://:secret@host"))
        .returns(null, RedisSettings::username)
        .returns("secret", RedisSettings::password);
  }

  @Test
  void aConfigIsTheUriThatSaysTheSame() {
    assertThat(
            RedisConfig.of("a:1", "b:2")
                .user("us/er", "p@ss")
                .database(0)
                .ttl(Duration.ofMinutes(1))
                .cluster(ClusterMode.ON)
                .partitions(16)
                .maxConnections(4)
                .toUri())
        .isEqualTo(
            StoreUri.parse(
                "redis://us%2Fer:p%40ss@a:1,b:2/0?ttl=60000&cluster=ON&partitions=16&maxConnections=4"));
  }

  @Test
  void aConfigWithoutATimeToLiveSaysNone() {
    assertThat(RedisConfig.of("h").ttl(Duration.ZERO)).hasToString("redis://h?ttl=none");
  }

  @Test
  void theNameOfAPrimaryMakesTheHostsSentinels() {
    assertThat(RedisSettings.of(RedisConfig.of("a").sentinelMaster("traces").toUri()))
        .returns(List.of("a:26379"), RedisSettings::hosts)
        .returns("traces", RedisSettings::sentinelMaster);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redis:host                                | write redis://host:6379/0
          redis://host:0                            | port must be between 1 and 65535
          redis://host:x                            | not a host, or host:port
          redis://host/one                          | not the number of a database: 'one'
          redis://user@host                         | what stands before '@' has no colon
          redis://host?ttl=never                    | option 'ttl' must be a time
          redis://host?ttl=0                        | option 'ttl' must be between 1 and
          redis://host?keyPrefix=a{b}               | keyPrefix must have 1 to 200 characters and no braces
          redis://host?sentinelMaster=m             | sentinelMaster goes with redis-sentinel: only
          redis://host?sentinelPassword=m           | sentinelPassword goes with redis-sentinel: only
          redis-sentinel://host?cluster=ON          | cluster=ON does not go with redis-sentinel:
          redis://a,b?cluster=OFF                   | several hosts are the nodes of a cluster
          redis://a/1?cluster=ON                    | a cluster has database 0 only
          redis://host?tlsCa=x                      | need TLS: write rediss:
          rediss://host?tlsCert=x                   | tlsCert and tlsKey go together
          redis://host?timeout=5s                   | did you mean 'timeoutMs'
          """)
  void aWrongUriIsRefusedWithItsReason(String uri, String reason) {
    assertThatThrownBy(() -> settings(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void passwordsAreNotShown() {
    assertThat(
            RedisConfig.of("host")
                .password("hidden1")
                .sentinelMaster("m")
                .sentinelPassword("hidden2")
                .toString())
        .doesNotContain("hidden");
  }

  private static RedisSettings settings(String uri) {
    return RedisSettings.of(StoreUri.parse(uri));
  }
}
