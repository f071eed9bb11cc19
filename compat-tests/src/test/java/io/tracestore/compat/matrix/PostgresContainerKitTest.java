package io.tracestore.compat.matrix;

import io.tracestore.compat.postgres.NeedsContainer;
import io.tracestore.compat.postgres.PostgresContainer;
import io.tracestore.compat.postgres.PostgresServer;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import org.junit.jupiter.api.extension.ExtendWith;

/** The kit in the official image of PostgreSQL, with partitions. */
@ExtendWith(NeedsContainer.class)
@AddLifecycleHook(NeedsContainer.class)
class PostgresContainerKitTest extends PostgresPartitionedKitTest {
  @Override
  PostgresServer server() {
    return PostgresContainer.server();
  }
}
