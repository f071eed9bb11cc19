package io.tracestore.compat.matrix;

import io.tracestore.compat.postgres.BusyStores;
import java.nio.file.Path;

/** In PostgreSQL, while four other processes write and partitions come and go. */
class PostgresBusyKitTest extends PostgresPartitionedKitTest {
  @Override
  public String newStoreUri(Path directory) {
    return BusyStores.take(server());
  }

  @Override
  public void removeStore(String uri) {
    BusyStores.giveBack(uri);
  }
}
