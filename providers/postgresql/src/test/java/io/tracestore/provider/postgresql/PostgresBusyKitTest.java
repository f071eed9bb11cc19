package io.tracestore.provider.postgresql;

import java.nio.file.Path;

/** The kit in PostgreSQL, while four other processes write and partitions are added and removed. */
class PostgresBusyKitTest extends PostgresPartitionedKitTest {
  @Override
  public String newStoreUri(Path directory) {
    return BusyStores.take(server());
  }

  @Override
  public boolean hasOtherWriters() {
    return true;
  }

  @Override
  public void removeStore(String uri) {
    if (BusyStores.isOne(uri)) {
      BusyStores.giveBack(uri);
    } else {
      super.removeStore(uri);
    }
  }

  /** Fewer than in PostgresPartitionedKitTest: only what else the server does differs. */
  @Override
  public int tries(int usual) {
    return Math.max(1, usual / 5);
  }
}
