package io.tracestore.testing.clickhouse;

import io.tracestore.tools.clickhouse.ClickHouseProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * The server that tests run on, started when a test first asks and gone with the JVM.
 *
 * <p>It is the one that {@value #URI_VARIABLE} names, as {@code
 * clickhouse://user:password@host:port}; else one in a container, where Docker answers and the
 * image can be had; else the test server of {@code tools/clickhouse-server}, where {@code
 * ci/clickhouse} has installed the engine.
 */
public final class ClickHouseServers {
  /** The environment variable that names a server. */
  public static final String URI_VARIABLE = "TRACESTORE_CLICKHOUSE_URI";

  /** The image of the same version as the test server's engine. */
  private static final String IMAGE = "clickhouse/clickhouse-server:26.7";

  private static final int HTTP_PORT = 8123;
  static final String USER = "default";
  static final String PASSWORD = "s3cr3t-of-the-kit";

  private static @Nullable ClickHouseEndpoint main;
  private static @Nullable String whyNot;

  private ClickHouseServers() {}

  /** The server of the test run. */
  public static synchronized ClickHouseEndpoint main() {
    if (main == null && whyNot == null) {
      find();
    }
    ClickHouseEndpoint found = main;
    if (found == null) {
      throw new IllegalStateException(whyNot);
    }
    return found;
  }

  /** Why there is no server; empty if there is one. */
  static synchronized Optional<String> whyNot() {
    if (main == null && whyNot == null) {
      find();
    }
    return Optional.ofNullable(whyNot);
  }

  private static void find() {
    String given = System.getenv(URI_VARIABLE);
    if (given != null && !given.isBlank()) {
      main = ClickHouseEndpoint.of(URI.create(given));
      return;
    }
    main = inContainer();
    if (main == null && ClickHouseProcess.library().isPresent()) {
      main = endpointOf(ownServer(null));
    }
    if (main == null) {
      whyNot =
          URI_VARIABLE
              + " is not set, no container can be started, and no libchdb is installed"
              + " (ci/clickhouse does it)";
    }
  }

  // Testcontainers removes it when this JVM has ended.
  @SuppressWarnings("resource")
  private static @Nullable ClickHouseEndpoint inContainer() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return null;
    }
    try {
      GenericContainer<?> container = container();
      container.start();
      return endpointOf(container);
    } catch (RuntimeException e) {
      // Docker answers, but the image cannot be had: the test server will do.
      return null;
    }
  }

  /** A server in a container, not started. */
  static GenericContainer<?> container() {
    return new GenericContainer<>(IMAGE)
        .withEnv("CLICKHOUSE_USER", USER)
        .withEnv("CLICKHOUSE_PASSWORD", PASSWORD)
        .withEnv("CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT", "1")
        .withExposedPorts(HTTP_PORT)
        .waitingFor(Wait.forHttp("/ping").forPort(HTTP_PORT));
  }

  /** The endpoint of the server in {@code container}. */
  static ClickHouseEndpoint endpointOf(GenericContainer<?> container) {
    return new ClickHouseEndpoint(
        "clickhouse", container.getHost(), container.getMappedPort(HTTP_PORT), USER, PASSWORD);
  }

  /**
   * A test server for one test, which may kill it and start it again.
   *
   * @param data where its tables stay; null for a directory that goes with it
   * @param moreUsers beside the one that {@link #endpointOf} uses: {@code
   *     name:password[:setting=value,...]}
   */
  public static ClickHouseProcess ownServer(@Nullable Path data, String... moreUsers) {
    try {
      return ClickHouseProcess.start(data, withOwnUser(moreUsers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A test server on tables that go with it, some of whose users may not do everything.
   *
   * @param rights {@code name:right}, as after {@code GRANT}
   * @param moreUsers as for {@link #ownServer}
   */
  public static ClickHouseProcess ownServerWithRights(List<String> rights, String... moreUsers) {
    try {
      return ClickHouseProcess.startWithRights(rights, withOwnUser(moreUsers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String[] withOwnUser(String... moreUsers) {
    return Stream.concat(Stream.of(USER + ":" + PASSWORD), Stream.of(moreUsers))
        .toArray(String[]::new);
  }

  /**
   * A test server that speaks HTTPS.
   *
   * @param keys a PKCS12 store with its key, whose password is {@code changeit}
   */
  public static ClickHouseProcess ownTlsServer(Path keys) {
    try {
      return ClickHouseProcess.startTls(keys, USER + ":" + PASSWORD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The endpoint of {@code server}. */
  public static ClickHouseEndpoint endpointOf(ClickHouseProcess server) {
    return new ClickHouseEndpoint("clickhouse", "127.0.0.1", server.port(), USER, PASSWORD);
  }
}
