package io.tracestore.compat.postgres;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * PostgreSQL in a container, started when a test first asks and removed with the JVM. There is none
 * where {@code TRACESTORE_POSTGRES_URI} names the server to test, where Docker does not answer, and
 * where the image cannot be had.
 */
public final class PostgresContainer {
  private static final String IMAGE = "postgres:18-alpine";

  private static @Nullable PostgresServer server;
  private static @Nullable String whyNot;

  private PostgresContainer() {}

  /** Why there is none; empty if there is one. */
  static synchronized Optional<String> whyNot() {
    if (server == null && whyNot == null) {
      start();
    }
    return Optional.ofNullable(whyNot);
  }

  /** The server. */
  public static synchronized PostgresServer server() {
    PostgresServer started = server;
    if (started == null) {
      throw new IllegalStateException(whyNot().orElse("not started"));
    }
    return started;
  }

  private static void start() {
    if (PostgresServers.isGiven()) {
      whyNot = PostgresServers.URI_VARIABLE + " names the server to test";
    } else if (!DockerClientFactory.instance().isDockerAvailable()) {
      whyNot = "Docker does not answer";
    } else {
      try {
        server = startContainer();
      } catch (RuntimeException e) {
        whyNot = "no container of " + IMAGE + " can be started: " + e.getMessage();
      }
    }
  }

  // Testcontainers removes it when this JVM has ended.
  @SuppressWarnings("resource")
  private static PostgresServer startContainer() {
    PostgreSQLContainer container =
        new PostgreSQLContainer(IMAGE)
            .withDatabaseName("postgres")
            .withUsername("postgres")
            .withPassword(PostgresServers.PASSWORD)
            .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=200");
    container.start();
    return new PostgresServer(
        container.getHost(),
        container.getFirstMappedPort(),
        "postgres",
        PostgresServers.PASSWORD,
        "postgres");
  }
}
