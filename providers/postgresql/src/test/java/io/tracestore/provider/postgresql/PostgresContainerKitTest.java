package io.tracestore.provider.postgresql;

import io.tracestore.testing.postgresql.NeedsContainer;
import io.tracestore.testing.postgresql.PostgresContainer;
import io.tracestore.testing.postgresql.PostgresServer;
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
