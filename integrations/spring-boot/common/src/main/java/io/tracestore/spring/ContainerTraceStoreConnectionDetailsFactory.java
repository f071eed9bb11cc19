package io.tracestore.spring;

import java.util.Map;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.JdbcDatabaseContainer;

/**
 * Keeps traces in a PostgreSQL container that is annotated with {@code @ServiceConnection}.
 *
 * @param <C> the class of such containers, of which Testcontainers has two
 */
public abstract class ContainerTraceStoreConnectionDetailsFactory<
        C extends JdbcDatabaseContainer<?>>
    extends ContainerConnectionDetailsFactory<C, TraceStoreConnectionDetails> {
  private static final int PORT = 5432;

  protected ContainerTraceStoreConnectionDetailsFactory() {}

  @Override
  protected final TraceStoreConnectionDetails getContainerConnectionDetails(
      ContainerConnectionSource<C> source) {
    return new Details<>(source);
  }

  /** Asks the container when it runs: its port is not known before. */
  private static final class Details<C extends JdbcDatabaseContainer<?>>
      extends ContainerConnectionDetails<C> implements TraceStoreConnectionDetails {
    Details(ContainerConnectionSource<C> source) {
      super(source);
    }

    @Override
    public String uri() {
      C container = getContainer();
      return "postgresql://%s:%d/%s"
          .formatted(
              container.getHost(), container.getMappedPort(PORT), container.getDatabaseName());
    }

    @Override
    public Map<String, String> options() {
      C container = getContainer();
      return Map.of("user", container.getUsername(), "password", container.getPassword());
    }
  }
}
