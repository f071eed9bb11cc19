package io.tracestore.tools.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starting, killing and ending the server. */
class ServerLifeTest {
  @Test
  void aKilledServerComesBackWithItsTables(@TempDir Path data) throws Exception {
    try (TestServer server = TestServer.start(data)) {
      server.text("CREATE TABLE k (a UInt64) ENGINE = MergeTree ORDER BY a");
      server.text("INSERT INTO k SELECT number FROM numbers(1000)");
      int port = server.process().port();
      server.process().kill();
      server.process().start();
      assertThat(server.process().port()).isEqualTo(port);
      assertThat(server.text("SELECT count() FROM k")).isEqualTo("1000");
    }
  }

  @Test
  void theTemporaryDirectoryGoesWithTheServer() throws Exception {
    Path data;
    try (TestServer server = TestServer.start(null)) {
      server.text("CREATE TABLE k (a UInt64) ENGINE = MergeTree ORDER BY a");
      data = Path.of(server.text("SELECT data_paths[1] FROM system.tables WHERE name = 'k'"));
      assertThat(data).exists();
    }
    assertThat(Files.exists(data)).isFalse();
  }
}
