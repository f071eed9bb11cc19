package io.tracestore.bench;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import io.tracestore.TraceStores;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.config.StoreUri;
import java.util.List;

/** Scratch places in ClickHouse: a database for each. */
record ScratchDatabases(StoreUri given) implements Scratch.Places {
  @Override
  public StoreUri uri(String name) {
    // The path names the user's own.
    String server = given.rawBody().replaceFirst("^(//(?:.*@)?[^/]*)/.*$", "$1");
    return Scratch.with(StoreUri.of(given.scheme(), server, given.options()), "database", name);
  }

  /**
   * A store makes its database, so it is opened in the one called {@code name}, which then goes.
   */
  private List<String> connected(String name, String sql) {
    String cluster = given.options().getOrDefault("cluster", "");
    try (TraceStore store = TraceStores.open(uri(name))) {
      Client client = store.unwrap(Client.class);
      List<String> answer = client.queryAll(sql).stream().map(ScratchDatabases::text).toList();
      String everywhere = cluster.isEmpty() ? "" : " ON CLUSTER '" + cluster + "'";
      client.queryAll("DROP DATABASE IF EXISTS " + name + everywhere + " SYNC");
      return answer;
    }
  }

  private static String text(GenericRecord row) {
    return row.getString(1);
  }

  @Override
  public List<String> names() {
    String own = Scratch.PREFIX + Scratch.newRun() + "_names";
    return connected(
            own,
            "SELECT name FROM system.databases WHERE startsWith(name, '%s')"
                .formatted(Scratch.PREFIX))
        .stream()
        .filter(name -> !name.equals(own))
        .toList();
  }

  @Override
  public void remove(String name) {
    connected(name, "SELECT 1");
  }
}
