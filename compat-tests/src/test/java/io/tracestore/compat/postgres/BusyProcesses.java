package io.tracestore.compat.postgres;

import io.tracestore.provider.postgresql.BusyProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Four {@link BusyProcess}es, started when a test first asks and ended with the JVM. */
public final class BusyProcesses {
  private static final int COUNT = 4;

  private static final List<Peer> PEERS = new ArrayList<>();

  private BusyProcesses() {}

  /** Lets all of them work in the store of {@code uri}; returns when they do. */
  public static synchronized void join(String uri) {
    if (PEERS.isEmpty()) {
      for (int i = 0; i < COUNT; i++) {
        PEERS.add(Peer.start());
      }
    }
    command("join " + uri);
  }

  /** Ends that; returns when none has a connection any more. */
  public static synchronized void leave() {
    command("leave");
  }

  private static void command(String line) {
    PEERS.forEach(peer -> peer.send(line));
    PEERS.forEach(Peer::awaitDone);
  }

  /** One of them, and the way to talk to it; it ends when its input does. */
  private record Peer(Writer commands, BufferedReader answers) {
    static Peer start() {
      try {
        Process process =
            new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-Xmx128m",
                    "-cp",
                    System.getProperty("java.class.path"),
                    BusyProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return new Peer(
            process.outputWriter(StandardCharsets.UTF_8),
            process.inputReader(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void send(String line) {
      try {
        commands.write(line + "\n");
        commands.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void awaitDone() {
      try {
        String answer = answers.readLine();
        if (!"done".equals(answer)) {
          throw new IllegalStateException("a process that works beside the test ended");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
