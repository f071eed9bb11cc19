package io.tracestore.testing.postgresql;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers that tests run on, each started when a test first asks and stopped with the JVM.
 *
 * <p>{@code TRACESTORE_POSTGRES_URI} names a server to use in place of the embedded one, as {@code
 * postgresql://user:password@host:port/database}.
 */
public final class PostgresServers {
  static final String URI_VARIABLE = "TRACESTORE_POSTGRES_URI";
  public static final String PASSWORD = "s3cr3t-of-the-kit";

  private static final Lazy EMBEDDED = new Lazy(PostgresServers::startEmbedded);

  private PostgresServers() {}

  /** The server that {@code TRACESTORE_POSTGRES_URI} names, or else an embedded PostgreSQL 18. */
  public static PostgresServer main() {
    return isGiven() ? parse(System.getenv(URI_VARIABLE)) : EMBEDDED.get();
  }

  /** Whether the environment names a server. */
  static boolean isGiven() {
    String given = System.getenv(URI_VARIABLE);
    return given != null && !given.isBlank();
  }

  private static PostgresServer startEmbedded() {
    try {
      EmbeddedPostgres server = embedded().start();
      stopWithTheJvm(server);
      return new PostgresServer("localhost", server.getPort(), "postgres", PASSWORD, "postgres");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the programs of the embedded server are, for servers that a test stops and starts. */
  public static Path programs() {
    return Path.of(
        EMBEDDED
            .get()
            .select(
                "postgresql://any/any?schemaName=public",
                "SELECT setting FROM pg_config WHERE name = 'BINDIR'")
            .getFirst());
  }

  /** An embedded server that does not wait for the disk: tests end no operating system. */
  static EmbeddedPostgres.Builder embedded() {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "off")
        .setServerConfig("full_page_writes", "off")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("max_connections", "200")
        .setServerConfig("shared_buffers", "256MB")
        .setLocaleConfig("locale", "C")
        .setLocaleConfig("encoding", "UTF8");
  }

  private static PostgresServer parse(String uri) {
    URI parsed = URI.create(uri);
    String[] user = String.valueOf(parsed.getUserInfo()).split(":", 2);
    return new PostgresServer(
        parsed.getHost(),
        parsed.getPort() < 0 ? 5432 : parsed.getPort(),
        user[0],
        user.length > 1 ? user[1] : "",
        parsed.getPath().substring(1));
  }

  private static void stopWithTheJvm(AutoCloseable server) {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              try {
                server.close();
              } catch (Exception e) {
                System.err.println("a server did not stop: " + e);
              }
            }));
  }

  /** A server that is started once; if that fails, every test that needs it says so. */
  private static final class Lazy {
    private final Supplier<PostgresServer> start;
    private @Nullable PostgresServer server;
    private @Nullable RuntimeException failure;

    Lazy(Supplier<PostgresServer> start) {
      this.start = start;
    }

    synchronized PostgresServer get() {
      if (failure != null) {
        throw failure;
      }
      PostgresServer started = server;
      if (started == null) {
        try {
          started = start.get();
          server = started;
        } catch (RuntimeException e) {
          failure = e;
          throw e;
        }
      }
      return started;
    }
  }
}
