package io.tracestore.compat.postgres;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server of installed programs with data of its own in a temporary directory. PostgreSQL refuses to
 * run as root, so root lets the user {@code postgres} run it.
 */
final class InstalledServer implements AutoCloseable {
  private final Path programs;
  private final Path directory;
  private final int port;

  private InstalledServer(Path programs, Path directory, int port) {
    this.programs = programs;
    this.directory = directory;
    this.port = port;
  }

  static InstalledServer start(Path programs) throws IOException {
    Path directory = Files.createTempDirectory("tracestore-postgres");
    InstalledServer server = new InstalledServer(programs, directory, freePort());
    if (isRoot()) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
    server.run("initdb", "-D", server.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
    server.start();
    return server;
  }

  void start() throws IOException {
    String settings =
        "-p %d -k %s -c listen_addresses=localhost -c fsync=off -c full_page_writes=off"
            .formatted(port, directory)
            + " -c max_connections=200 -c shared_buffers=128MB";
    run("pg_ctl", "-D", data(), "-w", "-o", settings, "-l", directory.resolve("log").toString(), "start");
  }

  /** Ends it as a loss of power would: no process gets to finish anything. */
  void stopImmediately() throws IOException {
    run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
  }

  PostgresServer server() {
    return new PostgresServer("localhost", port, "postgres", PostgresServers.PASSWORD, "postgres");
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(Arrays.asList(arguments));
    Path output = directory.resolve(program + ".out");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(program + ": " + Files.readString(output).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    stopImmediately();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
