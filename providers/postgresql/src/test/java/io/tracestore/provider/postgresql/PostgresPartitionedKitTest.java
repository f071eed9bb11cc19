package io.tracestore.provider.postgresql;

import io.tracestore.compat.BackendTraits;
import io.tracestore.compat.TraceStoreKit;
import io.tracestore.testing.postgresql.PostgresServer;
import io.tracestore.testing.postgresql.PostgresServers;
import java.nio.file.Path;
import java.util.List;

/** The kit in PostgreSQL with partitions, several of which hold the kit's traces. */
class PostgresPartitionedKitTest extends TraceStoreKit {
  PostgresServer server() {
    return PostgresServers.main();
  }

  @Override
  public BackendTraits traits() {
    return BackendTraits.DATABASE;
  }

  @Override
  public String newStoreUri(Path directory) {
    return server().newPartitionedStoreUri("minConnections=0");
  }

  @Override
  public String missingStoreUri(Path directory) {
    return server().newStoreUri("minConnections=0");
  }

  @Override
  public void removeStore(String uri) {
    server().drop(uri);
  }

  @Override
  public List<String> secrets() {
    return List.of(server().password());
  }
}
