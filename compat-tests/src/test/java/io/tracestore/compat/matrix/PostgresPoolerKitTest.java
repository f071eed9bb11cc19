package io.tracestore.compat.matrix;

import io.tracestore.compat.postgres.NeedsPooler;
import io.tracestore.compat.postgres.Pooler;
import io.tracestore.compat.postgres.PostgresServer;
import java.nio.file.Path;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in PostgreSQL behind a pgbouncer that gives each transaction another session. */
@ExtendWith(NeedsPooler.class)
@AddLifecycleHook(NeedsPooler.class)
class PostgresPoolerKitTest extends PostgresPartitionedKitTest {
  @Override
  public String newStoreUri(Path directory) {
    PostgresServer pooler = Pooler.server();
    String uri = super.newStoreUri(directory);
    return uri.replace(":" + server().port() + "/", ":" + pooler.port() + "/")
        + "&prepareThreshold=0";
  }
}
