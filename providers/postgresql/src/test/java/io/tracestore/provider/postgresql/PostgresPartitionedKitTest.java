package io.tracestore.provider.postgresql;

import java.nio.file.Path;

/** The kit in PostgreSQL with partitions, several of which hold the kit's traces. */
class PostgresPartitionedKitTest extends PostgresKitTest {
  @Override
  public String newStoreUri(Path directory) {
    return server().newPartitionedStoreUri("minConnections=0");
  }

  @Override
  public String missingStoreUri(Path directory) {
    return server().newStoreUri("minConnections=0");
  }
}
