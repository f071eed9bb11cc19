package io.tracestore.provider.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tracestore.spi.StoreConfigurationException;
import io.tracestore.spi.StoreUri;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisConfigTest {
  @Test
  void aPlainUriMeansTheDefaults() {
    assertThat(config("redis://localhost"))
        .isEqualTo(RedisConfig.builder("localhost").build())
        .returns(Duration.ofHours(1), RedisConfig::ttl)
        .returns("tracestore", RedisConfig::keyPrefix)
        .returns(List.of("localhost:6379"), RedisConfig::hosts);
  }

  @Test
  void userPasswordAndDatabaseAreDecodedOnce() {
    assertThat(config("redis://us%2Fer:p%40s%2525s@host:7000/3"))
        .isEqualTo(
            RedisConfig.builder("host:7000")
                .username("us/er")
                .password("p@s%25s")
                .database(3)
                .build());
  }

  @Test
  void aPasswordMayStandAlone() {
    assertThat(config("redis://:secret@host"))
        .isEqualTo(RedisConfig.builder("host").password("secret").build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis://host:6379/0",
        "redis://[::1]:7000/2?keyPrefix=a%26b&ttl=none",
        "redis://:p%40ss@host:6379/0?ttl=60000",
        "rediss://user:p@host:6379/0?tlsVerify=CA&tlsCa=/ca.pem&tlsCert=/c.pem&tlsKey=/k.pem",
        "redis://a:1,b:2/0?cluster=ON&partitions=16&connections=4&maxInFlight=10",
        "redis-sentinel://a:26379,b:5000/1?sentinelMaster=traces&sentinelPassword=x&tls=true",
        "redis://host:6379/0?connectTimeoutMs=1&timeoutMs=2"
      })
  void aConfigAndItsUriSayTheSame(String uri) {
    RedisConfig config = config(uri);
    assertThat(RedisConfig.fromUri(config.toUri())).isEqualTo(config);
    assertThat(config.toUri()).isEqualTo(StoreUri.parse(uri));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redis:host                                | write redis://host:6379/0
          redis://                                  | write redis://host:6379/0
          redis://host:0                            | port must be between 1 and 65535
          redis://host:x                            | not a host, or host:port
          redis://host/one                          | not the number of a database: 'one'
          redis://user@host                         | a user needs a password
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
    assertThatThrownBy(() -> config(uri))
        .isInstanceOf(StoreConfigurationException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void passwordsAreNotShown() {
    assertThat(
            RedisConfig.builder("host")
                .password("hidden1")
                .sentinelMaster("m")
                .sentinelPassword("hidden2")
                .build()
                .toString())
        .doesNotContain("hidden");
  }

  private static RedisConfig config(String uri) {
    return RedisConfig.fromUri(StoreUri.parse(uri));
  }
}
