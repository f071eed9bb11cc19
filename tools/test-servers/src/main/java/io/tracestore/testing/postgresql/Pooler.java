package io.tracestore.testing.postgresql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A pgbouncer in front of the server of the tests, which gives each transaction another session.
 * One for the JVM, and it ends with it.
 */
public final class Pooler {
  private static final int START_ATTEMPTS = 20;
  private static final int START_SECONDS = 10;

  private static @Nullable PostgresServer running;

  private Pooler() {}

  static boolean isInstalled() {
    return program().isPresent();
  }

  private static Optional<Path> program() {
    return Stream.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer")
        .map(Path::of)
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** The server {@link PostgresServers#main}, through the pooler. */
  public static synchronized PostgresServer server() {
    PostgresServer server = running;
    if (server == null) {
      try {
        server = start(PostgresServers.main());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      running = server;
    }
    return server;
  }

  /** {@code uri}, a store's on {@link PostgresServers#main}, through the pooler. */
  public static String through(String uri) {
    return uri.replace(":" + PostgresServers.main().port() + "/", ":" + server().port() + "/")
        + (uri.contains("?") ? "&" : "?")
        + "prepareThreshold=0";
  }

  private static PostgresServer start(PostgresServer server) throws IOException {
    Path directory = Files.createTempDirectory("tracestore-pgbouncer");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(
        directory.resolve("users"), "\"%s\" \"%s\"\n".formatted(server.user(), server.password()));
    for (int attempt = 1; ; attempt++) {
      int port = InstalledServer.freePort();
      Path settings =
          Files.writeString(directory.resolve("settings.ini"), settings(server, port, directory));
      Process process = run(settings, directory.resolve("log"));
      if (listens(process, port)) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, directory)));
        return new PostgresServer(
            "localhost", port, server.user(), server.password(), server.database());
      }
      process.destroyForcibly();
      if (attempt == START_ATTEMPTS) {
        throw new IOException(Files.readString(directory.resolve("log")));
      }
    }
  }

  /** Few sessions for many connections, so that transactions of one do meet different ones. */
  private static String settings(PostgresServer server, int port, Path directory) {
    return """
    [databases]
    * = host=%s port=%d
    [pgbouncer]
    listen_addr = 127.0.0.1
    listen_port = %d
    unix_socket_dir =
    auth_type = plain
    auth_file = %s
    pool_mode = transaction
    default_pool_size = 6
    max_client_conn = 500
    """
        .formatted(server.host(), server.port(), port, directory.resolve("users"));
  }

  private static Process run(Path settings, Path log) throws IOException {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("runuser", "-u", "postgres", "--")); // it refuses to run as root
    }
    command.addAll(List.of(program().orElseThrow().toString(), settings.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  private static boolean listens(Process process, int port) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (process.isAlive() && System.nanoTime() < end) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return true;
      } catch (IOException e) {
        Thread.onSpinWait(); // not yet
      }
    }
    return false;
  }

  private static void end(Process process, Path directory) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(directory);
    } catch (IOException e) {
      System.err.println("files of pgbouncer are left: " + e);
    }
  }
}
