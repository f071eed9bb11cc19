package io.tracestore.provider.redis.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InfoReplyTest {
  @ParameterizedTest
  @ValueSource(strings = {"2.8.19", "5.0.14", "6.0.16", "6.1.242"})
  void anOlderServerIsTooOld(String version) {
    assertThat(InfoReply.parse("redis_version:" + version + "\r\n").tooOld()).isEqualTo(version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.2.0", "6.2.11", "7.0.15", "8.2.3", "10.0.1", "255.255.255", "odd"})
  void othersAreNot(String version) {
    assertThat(InfoReply.parse("redis_version:" + version + "\r\n").tooOld()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "1, always, no, ok, 0, true",
    "0, always, no, ok, 0, false",
    "1, everysec, no, ok, 0, false",
    "1, no, no, ok, 0, false",
    "1, always, yes, ok, 0, false",
    "1, always, no, err, 0, false",
    "1, always, no, ok, 1, false"
  })
  void eachWriteIsSyncedOnlyIfNothingStandsAgainstIt(
      String log,
      String fsync,
      String notOnRewrite,
      String status,
      String replicas,
      boolean synced) {
    InfoReply info =
        new InfoReply(
            Map.of(
                "aof_enabled", log,
                "appendfsync", fsync,
                "no-appendfsync-on-rewrite", notOnRewrite,
                "aof_last_write_status", status,
                "connected_slaves", replicas));
    assertThat(info.syncsEachWrite()).isEqualTo(synced);
  }
}
