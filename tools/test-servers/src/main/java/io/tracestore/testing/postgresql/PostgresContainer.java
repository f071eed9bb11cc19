package io.tracestore.testing.postgresql;

import io.tracestore.testing.net.SharedContainer;
import java.util.Optional;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * PostgreSQL in a container, started when a test first asks and removed with the JVM. There is none
 * where {@code TRACESTORE_POSTGRES_URI} names the server to test, where Docker does not answer, and
 * where the image cannot be had.
 */
public final class PostgresContainer {
  private static final SharedContainer<PostgreSQLContainer> CONTAINER =
      new SharedContainer<>("postgres:18-alpine", PostgresContainer::make);

  private PostgresContainer() {}

  /** Why there is none; empty if there is one. */
  static Optional<String> whyNot() {
    return PostgresServers.isGiven()
        ? Optional.of(PostgresServers.URI_VARIABLE + " names the server to test")
        : CONTAINER.whyNot();
  }

  /** The server. */
  public static PostgresServer server() {
    PostgreSQLContainer container = CONTAINER.get();
    return new PostgresServer(
        container.getHost(),
        container.getFirstMappedPort(),
        "postgres",
        PostgresServers.PASSWORD,
        "postgres");
  }

  private static PostgreSQLContainer make(String image) {
    return new PostgreSQLContainer(image)
        .withDatabaseName("postgres")
        .withUsername("postgres")
        .withPassword(PostgresServers.PASSWORD)
        .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
  }
}
