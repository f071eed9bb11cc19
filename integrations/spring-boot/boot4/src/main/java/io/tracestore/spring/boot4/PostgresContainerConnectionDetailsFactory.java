package io.tracestore.spring.boot4;

import io.tracestore.spring.ContainerTraceStoreConnectionDetailsFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** For Testcontainers 2. */
final class PostgresContainerConnectionDetailsFactory
    extends ContainerTraceStoreConnectionDetailsFactory<PostgreSQLContainer> {
  PostgresContainerConnectionDetailsFactory() {}
}
