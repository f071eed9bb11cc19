package io.tracestore.provider.postgresql;

import io.tracestore.testing.postgresql.NeedsPooler;
import io.tracestore.testing.postgresql.Pooler;
import java.nio.file.Path;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in PostgreSQL behind a pgbouncer that gives each transaction another session. */
@ExtendWith(NeedsPooler.class)
@AddLifecycleHook(NeedsPooler.class)
class PostgresPoolerKitTest extends PostgresPartitionedKitTest {
  @Override
  public String newStoreUri(Path directory) {
    return Pooler.through(super.newStoreUri(directory));
  }

  /** Fewer than in PostgresPartitionedKitTest: only the way to the server differs. */
  @Override
  public int tries(int usual) {
    return Math.max(1, usual / 5);
  }
}
