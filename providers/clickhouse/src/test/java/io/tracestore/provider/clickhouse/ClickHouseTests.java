package io.tracestore.provider.clickhouse;

import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tests that get a new database of the test run's server each. */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
abstract class ClickHouseTests {
  ClickHouseEndpoint server;
  String uri;
  String database;

  @BeforeEach
  void newDatabase() {
    server = ClickHouseServers.main();
    uri = server.newStoreUri("");
    database = ClickHouseEndpoint.databaseOf(uri);
  }

  @AfterEach
  void dropDatabase() {
    server.drop(uri);
  }
}
