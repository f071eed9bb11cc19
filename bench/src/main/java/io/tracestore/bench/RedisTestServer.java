package io.tracestore.bench;

import io.tracestore.provider.redis.RedisConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/** Redis 6.2 in memory, on a free port of this machine, until this JVM ends. */
public final class RedisTestServer {
  private static final long START_SECONDS = 20;
  private static @Nullable RedisTestServer running;

  private final Process process;
  private final Path folder;
  private final int port;

  private RedisTestServer(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** Starts it and waits until it answers, unless one runs in this JVM. */
  public static synchronized RedisTestServer start() throws IOException {
    if (running == null) {
      running = startNew();
      Runtime.getRuntime().addShutdownHook(new Thread(running::end));
    }
    return running;
  }

  private static RedisTestServer startNew() throws IOException {
    Path folder = Files.createTempDirectory("redis-bench");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Process process =
        new ProcessBuilder(
                ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toString(),
                "--bind",
                "127.0.0.1",
                "--port",
                String.valueOf(port),
                "--save",
                "",
                "--dir",
                folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    RedisTestServer server = new RedisTestServer(process, folder, port);
    server.awaitAnswer();
    return server;
  }

  private void awaitAnswer() {
    RedisConfig config = RedisConfig.of(address());
    RuntimeException last = null;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() < end) {
      try {
        config.open().close();
        return;
      } catch (RuntimeException e) {
        last = e;
      }
    }
    end();
    throw new IllegalStateException("the server does not start", last);
  }

  /** Host and port. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  private void end() {
    process.destroyForcibly();
    process.onExit().join();
    Scratch.deleteAll(folder);
  }
}
