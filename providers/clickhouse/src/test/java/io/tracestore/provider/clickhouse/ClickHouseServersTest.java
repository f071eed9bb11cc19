package io.tracestore.provider.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The fixture itself. */
class ClickHouseServersTest {
  @Test
  @ExtendWith(ClickHouseNeeds.AnyServer.class)
  void theServerExecutesStatements() {
    ClickHouseEndpoint server = ClickHouseServers.main();
    String uri = server.newStoreUri("");
    String database = ClickHouseEndpoint.databaseOf(uri);
    server.execute("CREATE DATABASE " + database);
    assertThat(server.lines("SHOW DATABASES")).contains(database);
    server.drop(uri);
    assertThat(server.lines("SHOW DATABASES")).doesNotContain(database);
  }

  @Test
  void aNamedServerIsTakenApart() {
    assertThat(ClickHouseEndpoint.of(URI.create("clickhouses://me:a%40b@example.org/")))
        .isEqualTo(new ClickHouseEndpoint("clickhouses", "example.org", 8443, "me", "a@b"));
  }

  @Test
  void aUriHasThePartsOfTheServer() {
    assertThat(
            new ClickHouseEndpoint("clickhouse", "localhost", 8123, "me", "a@b")
                .uri("d", "compression=NONE"))
        .isEqualTo("clickhouse://me:a%40b@localhost:8123/d?compression=NONE");
  }
}
