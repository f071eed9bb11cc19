package io.tracestore.provider.postgresql;

import io.tracestore.provider.postgresql.write.BusyProcess;
import io.tracestore.testing.postgresql.PostgresServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Stores in which two {@link BusyProcess}es work while a test has them. Tests use the stores and
 * the processes one after the other: to start processes for each would take too long.
 */
public final class BusyStores {
  private static final int PROCESSES = 2;

  private static final Deque<String> FREE = new ArrayDeque<>();
  private static final List<String> ALL = new ArrayList<>();
  private static final List<Peer> PEERS = new ArrayList<>();

  private BusyStores() {}

  /** The URI of an empty store that nobody else has taken. */
  public static synchronized String take(PostgresServer server) {
    if (PEERS.isEmpty()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server)));
      for (int i = 0; i < PROCESSES; i++) {
        PEERS.add(Peer.start());
      }
    }
    String uri = FREE.isEmpty() ? newStore(server) : FREE.removeFirst();
    tellPeers(uri, "joined");
    return uri;
  }

  private static String newStore(PostgresServer server) {
    String uri = server.newPartitionedStoreUri("minConnections=0&partitionInterval=HOURLY");
    ALL.add(uri);
    return uri;
  }

  private static void tellPeers(String uri, String answer) {
    PEERS.forEach(peer -> peer.send(uri));
    PEERS.forEach(peer -> peer.await(answer));
  }

  /** Whether {@code uri} is that of such a store. */
  public static synchronized boolean isOne(String uri) {
    return ALL.contains(uri);
  }

  /** Ends the work in the store of {@code uri}, and empties it for the next test. */
  public static synchronized void giveBack(String uri) {
    tellPeers(uri, "left");
    BusyProcess.empty(uri);
    FREE.add(uri);
  }

  private static synchronized void end(PostgresServer server) {
    PEERS.forEach(peer -> peer.process.destroyForcibly().onExit().join());
    try {
      ALL.forEach(server::drop);
    } catch (IllegalStateException e) {
      return; // the server has ended with the JVM, too
    }
  }

  /** One of the processes; it ends when its input does. */
  private record Peer(Process process, Writer uris, BufferedReader answers) {
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
        return new Peer(
            process,
            process.outputWriter(StandardCharsets.UTF_8),
            process.inputReader(StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void send(String uri) {
      try {
        uris.write(uri + "\n");
        uris.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void await(String answer) {
      try {
        if (!answer.equals(answers.readLine())) {
          throw new IllegalStateException("a process that works beside the tests ended");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
