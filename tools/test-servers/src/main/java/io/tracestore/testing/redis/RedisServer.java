package io.tracestore.testing.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** A Redis on the loopback that can be killed and started again with its data. */
public final class RedisServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final String binary;
  private final Path directory;
  private final int port;
  private final List<String> options;
  private String portOption = "--port";
  private @Nullable Path settings;
  private @Nullable Process process;

  private RedisServer(String binary, Path directory, int port, List<String> options) {
    this.binary = binary;
    this.directory = directory;
    this.port = port;
    this.options = options;
  }

  /** Redis 6.2, which comes as a Maven artifact. */
  public static String embedded() {
    return Embedded.BINARY;
  }

  /** Unpacks the executable once in a test run. */
  private static final class Embedded {
    private static final String BINARY = unpack();

    private static String unpack() {
      try {
        File directory = Files.createTempDirectory("tracestore-redis-binary-").toFile();
        File binary = ExecutableProvider.newJarResourceProvider(directory).get();
        directory.deleteOnExit();
        binary.deleteOnExit();
        return binary.toString();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** The server that is installed on this machine, if one is. */
  public static Optional<String> installed() {
    return Stream.of(
            "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/bin/valkey-server")
        .filter(path -> Files.isExecutable(Path.of(path)))
        .findFirst();
  }

  /** The installed server; a test that needs it is skipped where there is none. */
  public static String installedOrSkip() {
    assumeTrue(installed().isPresent(), "no redis-server is installed (ci/redis installs one)");
    return installed().orElseThrow();
  }

  /**
   * Starts {@code binary} with its files in {@code directory}, and options as on a command line.
   */
  public static RedisServer start(String binary, Path directory, String... options) {
    RedisServer server = new RedisServer(binary, directory, freePort(), List.of(options));
    server.start();
    return server;
  }

  /** The same, taking TLS connections only. */
  public static RedisServer startTls(String binary, Path directory, String... options) {
    RedisServer server = new RedisServer(binary, directory, freePort(), List.of(options));
    server.portOption = "--tls-port";
    server.start();
    return server;
  }

  /** Starts a sentinel that watches {@code primary}, and decides alone. */
  public static RedisServer startSentinel(
      String binary, Path directory, String name, RedisServer primary) {
    RedisServer server = new RedisServer(binary, directory, freePort(), List.of("--sentinel"));
    Path settings = directory.resolve("sentinel.conf");
    try {
      Files.writeString(
          settings,
          """
          bind 127.0.0.1
          port %d
          dir %s
          sentinel monitor %s 127.0.0.1 %d 1
          sentinel down-after-milliseconds %s 500
          sentinel failover-timeout %s 3000
          """
              .formatted(server.port, directory, name, primary.port, name, name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.settings = settings;
    server.start();
    return server;
  }

  /** Starts it again, on the same port, with the same files. */
  public void start() {
    List<String> command = command();
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("redis-" + port + ".log").toFile())
              .start();
      awaitAnswer();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>(List.of(binary));
    if (settings != null) {
      command.add(settings.toString());
    } else {
      command.addAll(
          List.of("--bind", "127.0.0.1", "--port", "0", portOption, String.valueOf(port)));
      command.addAll(List.of("--dir", directory.toString(), "--save", ""));
    }
    command.addAll(options);
    return command;
  }

  private void awaitAnswer() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      if (process == null || !process.isAlive()) {
        throw new IOException("the server ended: " + log());
      }
      if (answers()) {
        return;
      }
      Thread.onSpinWait();
    }
    throw new IOException("the server does not answer: " + log());
  }

  /** Whether it answers anything but that it is loading. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      if (!portOption.equals("--port")) {
        return true;
      }
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(5);
      return !new String(answer, StandardCharsets.US_ASCII).startsWith("-LOAD");
    } catch (IOException e) {
      return false;
    }
  }

  private String log() throws IOException {
    return Files.readString(directory.resolve("redis-" + port + ".log"));
  }

  /** Ends it at once, as kill -9 does. */
  public void kill() {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      try {
        if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          throw new IllegalStateException("the server does not end");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      process = null;
    }
  }

  public int port() {
    return port;
  }

  /** {@code 127.0.0.1:port}. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  public String uri() {
    return "redis://" + host();
  }

  @Override
  public void close() {
    kill();
  }

  /** A port that is free, and the one 10000 above it, which a cluster's node listens on as well. */
  private static int freePort() {
    for (int i = 0; i < 100; i++) {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = socket.getLocalPort() % 20_000 + 20_000;
        try (ServerSocket first = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            ServerSocket second =
                new ServerSocket(port + 10_000, 1, InetAddress.getLoopbackAddress())) {
          if (first.isBound() && second.isBound()) {
            return port;
          }
        }
      } catch (IOException e) {
        // Taken: try another.
      }
    }
    throw new IllegalStateException("no free port");
  }
}
