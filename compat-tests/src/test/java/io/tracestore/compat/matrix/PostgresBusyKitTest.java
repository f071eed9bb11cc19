package io.tracestore.compat.matrix;

import io.tracestore.compat.postgres.BusyProcesses;
import java.nio.file.Path;

/** In PostgreSQL, while four other processes write and partitions come and go. */
class PostgresBusyKitTest extends PostgresPartitionedKitTest {
  @Override
  public String newStoreUri(Path directory) {
    String uri = server().newPartitionedStoreUri("minConnections=0&partitionInterval=HOURLY");
    BusyProcesses.join(uri);
    return uri;
  }

  @Override
  public void removeStore(String uri) {
    BusyProcesses.leave();
    super.removeStore(uri);
  }
}
