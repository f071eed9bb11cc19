package io.tracestore.provider.postgresql;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.nio.file.Path;
import java.util.List;

/** The kit in PostgreSQL, without partitions and with an index on an attribute. */
class PostgresKitTest extends TraceStoreKit {
  PostgresServer server() {
    return PostgresServers.main();
  }

  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return server().newStoreUri("minConnections=0&partitioning=false&indexedAttributes=order.id");
  }

  @Override
  public void removeStore(String uri) {
    server().drop(uri);
  }

  @Override
  public List<String> secrets() {
    return List.of(server().password());
  }

  @Override
  public List<String> failingUris(Path directory) {
    return List.of("postgresql://127.0.0.1:1/none?connectionTimeoutMs=300");
  }
}
