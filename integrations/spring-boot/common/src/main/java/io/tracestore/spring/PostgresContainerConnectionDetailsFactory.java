package io.tracestore.spring;

import org.testcontainers.containers.PostgreSQLContainer;

/** For Testcontainers 1, whose class version 2 has too. */
final class PostgresContainerConnectionDetailsFactory
    extends ContainerTraceStoreConnectionDetailsFactory<PostgreSQLContainer<?>> {
  PostgresContainerConnectionDetailsFactory() {}
}
