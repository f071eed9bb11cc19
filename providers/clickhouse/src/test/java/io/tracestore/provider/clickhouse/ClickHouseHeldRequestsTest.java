package io.tracestore.provider.clickhouse;

import io.tracestore.testing.clickhouse.ClickHouseEndpoint;
import io.tracestore.testing.clickhouse.ClickHouseNeeds;
import io.tracestore.testing.clickhouse.ClickHouseServers;
import io.tracestore.testing.net.HeldRequestsTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls that meet in a ClickHouse server. */
@ExtendWith(ClickHouseNeeds.AnyServer.class)
class ClickHouseHeldRequestsTest extends HeldRequestsTest {
  private ClickHouseEndpoint server;
  private String database;

  @BeforeEach
  void newDatabase() {
    server = ClickHouseServers.main();
    database = ClickHouseEndpoint.databaseOf(server.newStoreUri(""));
  }

  @AfterEach
  void dropDatabase() {
    server.drop(uri(server.port()));
  }

  @Override
  protected String uri(int port) {
    return server.at(server.host(), port).uri(database, "");
  }

  @Override
  protected int serverPort() {
    return server.port();
  }

  /** There is no lock between processes: two that remove a trace at once may both say so. */
  @Override
  protected boolean tellsWhichStoreRemoved() {
    return false;
  }

  /**
   * Each call takes the server long: a run tries a part, the longer form in CONTRIBUTING.md all.
   */
  @Override
  protected int pairs() {
    return 15;
  }
}
