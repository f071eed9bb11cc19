package io.tracestore.system.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.system.packaging.Application.End;
import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import io.tracestore.testing.redis.RedisServer;
import io.tracestore.testing.redis.SharedServers;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** One test for each backend, in one kind of application. */
abstract class ApplicationTests {
  /** A pool of connections logs, at INFO, its own start and end. */
  private static final Pattern OPENED_OR_CLOSED =
      Pattern.compile("INFO com.zaxxer.hikari.HikariDataSource - tracestore .*(Start|Shutdown)");

  @TempDir Path folder;

  /** Runs the application with one store. */
  abstract End run(String uri);

  final Application application() {
    return new Application(folder);
  }

  private void assertUsed(String uri) {
    End end = run(uri);

    assertThat(end.exitCode()).as(end.errors()).isZero();
    assertThat(end.errors().lines().filter(line -> !OPENED_OR_CLOSED.matcher(line).find()))
        .isEmpty();
    assertThat(end.output()).isEqualTo("used " + uri.substring(0, uri.indexOf(':')) + "\n");
  }

  @Test
  void mem_is_used_and_nothing_else_is_said_or_set() {
    assertUsed("mem:");
  }

  @Test
  void sqlite_is_used_and_nothing_else_is_said_or_set() {
    assertUsed("sqlite:" + folder.resolve("t.db"));
  }

  @Test
  void postgresql_is_used_and_nothing_else_is_said_or_set() {
    PostgresServer server = PostgresServers.main();
    with(server.newStoreUri(""), server::drop);
  }

  @Test
  void redis_is_used_and_nothing_else_is_said_or_set() {
    with(SharedServers.newDatabase(RedisServer.embedded()), SharedServers::removeData);
  }

  @Test
  @ExtendWith(ClickHouseNeeds.AnyServer.class)
  void clickhouse_is_used_and_nothing_else_is_said_or_set() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    with(server.newStoreUri(""), server::drop);
  }

  private void with(String uri, Consumer<String> remove) {
    try {
      assertUsed(uri);
    } finally {
      remove.accept(uri);
    }
  }
}
