package io.tracestore.testing.postgresql;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * A server of installed programs with data of its own in a temporary directory. PostgreSQL refuses
 * to run as root, so root lets the user {@code postgres} run it.
 */
public final class InstalledServer implements AutoCloseable {
  private static final int START_ATTEMPTS = 20;

  private final Path programs;
  private final Path directory;
  private final int port;

  private final String settings;

  private InstalledServer(Path programs, Path directory, int port, String settings) {
    this.programs = programs;
    this.directory = directory;
    this.port = port;
    this.settings = settings;
  }

  /** Starts a server with new data in {@code directory}, which the caller deletes. */
  public static InstalledServer start(Path programs, Path directory) throws IOException {
    return start(programs, directory, "");
  }

  /**
   * The same with further settings.
   *
   * @param settings as on the command line, such as {@code -c work_mem=1MB}
   */
  public static InstalledServer start(Path programs, Path directory, String settings)
      throws IOException {
    InstalledServer server = new InstalledServer(programs, directory, freePort(), settings);
    letServerIn(directory);
    server.run(
        "initdb", "-D", server.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C");
    server.start();
    return server;
  }

  /** Starts a standby that follows this server, with its data in {@code directory}. */
  public InstalledServer startStandby(Path directory) throws IOException {
    InstalledServer standby = new InstalledServer(programs, directory, freePort(), settings);
    letServerIn(directory);
    run("pg_ctl", "-D", data(), "-w", "-m", "fast", "stop");
    execute("cp", "-r", data(), standby.data());
    start();
    Files.writeString(
        Path.of(standby.data(), "postgresql.auto.conf"),
        "primary_conninfo = 'host=localhost port=%d user=postgres'\n".formatted(port));
    Files.createFile(Path.of(standby.data(), "standby.signal"));
    standby.start();
    return standby;
  }

  /** Makes a standby the primary. */
  public void promote() throws IOException {
    run("pg_ctl", "-D", data(), "-w", "promote");
  }

  private static void letServerIn(Path directory) throws IOException {
    if (isRoot()) {
      Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    }
  }

  /** Starts it; again if processes of the one that was stopped are not gone yet. */
  public void start() throws IOException {
    String arguments =
        "-p %d -k %s -c listen_addresses=localhost -c fsync=off -c full_page_writes=off"
                .formatted(port, directory)
            + " -c max_connections=100 -c shared_buffers=32MB "
            + settings;
    String log = directory.resolve("log").toString();
    for (int attempt = 1; ; attempt++) {
      try {
        run("pg_ctl", "-D", data(), "-w", "-o", arguments, "-l", log, "start");
        return;
      } catch (IOException e) {
        if (attempt == START_ATTEMPTS) {
          List<String> lines = Files.readAllLines(Path.of(log));
          List<String> last = lines.subList(Math.max(0, lines.size() - 10), lines.size());
          throw new IOException(e.getMessage() + "\n" + String.join("\n", last), e);
        }
      }
    }
  }

  /** Ends it as a loss of power would: no process gets to finish anything. */
  public void stopImmediately() throws IOException {
    run("pg_ctl", "-D", data(), "-w", "-m", "immediate", "stop");
  }

  /** Lets {@code role} in with its password only. */
  public void requirePasswordOf(String role) throws IOException {
    Path rules = Path.of(data(), "pg_hba.conf");
    Files.writeString(
        rules, "host all %s all scram-sha-256\n".formatted(role) + Files.readString(rules));
    run("pg_ctl", "-D", data(), "reload");
  }

  /** Offers TLS with a certificate and its key, both PEM. */
  public void offerTls(Path certificate, Path key) throws IOException {
    execute("install", "-m", "600", certificate.toString(), data() + "/server.crt");
    execute("install", "-m", "600", key.toString(), data() + "/server.key");
    Files.writeString(Path.of(data(), "postgresql.auto.conf"), "ssl = on\n");
    run("pg_ctl", "-D", data(), "reload");
  }

  public PostgresServer server() {
    return new PostgresServer("localhost", port, "postgres", PostgresServers.PASSWORD, "postgres");
  }

  private String data() {
    return directory.resolve("data").toString();
  }

  private void run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addFirst(programs.resolve(program).toString());
    execute(command.toArray(new String[0]));
  }

  private void execute(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", "postgres", "--"));
    }
    command.addAll(Arrays.asList(arguments));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + ": " + Files.readString(output).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /**
   * A port below those that a system gives to connections: a client that tries again and again to
   * reach a server that is stopped could get its port, and keep it.
   */
  public static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(15_000, 30_000);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // Taken: another one.
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (Files.exists(Path.of(data(), "postmaster.pid"))) {
      stopImmediately();
    }
  }
}
