package io.tracestore.server;

import static io.tracestore.server.Messages.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.TraceStores;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is killed under load, or only loaded. {@code -Dtracestore.server.rounds} sets how
 * often it is killed, {@code .connections} and {@code .seconds} how it is loaded, {@code .rate} how
 * many events a second all connections together send, {@code .uri} the store, SQLite by default.
 */
class KillTest {
  private static final int ROUNDS = Integer.getInteger("tracestore.server.rounds", 1);
  private static final int CONNECTIONS = Integer.getInteger("tracestore.server.connections", 10);
  private static final int SECONDS = Integer.getInteger("tracestore.server.seconds", 1);
  private static final int RATE = Integer.getInteger("tracestore.server.rate", 2000);
  private static final int IN_FLIGHT = 200;

  @TempDir private Path folder;

  private final Map<TraceId, Queue<EventId>> acknowledged = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  @Test
  void what_was_acknowledged_before_a_kill_is_there_afterwards() throws Exception {
    String uri = System.getProperty("tracestore.server.uri", "sqlite:" + folder.resolve("t.db"));
    long start = System.nanoTime();
    for (int round = 0; round < ROUNDS; round++) {
      Process process = serve(uri);
      try (BufferedReader out = process.inputReader()) {
        int port = Integer.parseInt(String.valueOf(out.readLine()));
        List<Thread> clients = load(port);
        long before = count.get();
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        Messages.await(
            "some events are acknowledged",
            Duration.ofSeconds(SECONDS + 120),
            () -> count.get() - before >= 500 && System.nanoTime() - end > 0);
        process.destroyForcibly().waitFor();
        for (Thread client : clients) {
          client.interrupt();
          client.join();
        }
      } finally {
        process.destroyForcibly();
      }
    }
    System.out.printf(
        "%d events acknowledged, %d ms, %d rounds%n",
        count.get(), (System.nanoTime() - start) / 1_000_000, ROUNDS);
    try (TraceStore store = TraceStores.open(uri)) {
      acknowledged.forEach((traceId, ids) -> {
        Set<EventId> stored =
            store.getTrace(traceId).orElseThrow().events().stream()
                .map(TraceEvent::eventId)
                .collect(Collectors.toSet());
        assertThat(ids.stream().filter(id -> !stored.contains(id))).isEmpty();
      });
    }
    assertThat(count.get()).isGreaterThanOrEqualTo(500L * ROUNDS);
  }

  static Process serve(String uri) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            ServingProcess.class.getName(),
            uri)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private List<Thread> load(int port) {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      clients.add(Thread.ofVirtual().start(() -> record(port)));
    }
    return clients;
  }

  /** Sends events until the server is gone, and notes those that it acknowledged. */
  private void record(int port) {
    TraceId traceId = TraceId.random();
    Queue<EventId> sent = new ConcurrentLinkedQueue<>();
    Semaphore room = new Semaphore(IN_FLIGHT);
    long pauseNanos = 1_000_000_000L * CONNECTIONS / RATE;
    try (SocketClient client =
        SocketClient.connect(URI.create("ws://127.0.0.1:%d/".formatted(port)), null)) {
      String started = client.ask(Messages.start(traceId, "load"));
      assertThat(started).isEqualTo(Messages.started(traceId));
      Queue<EventId> stored = new ConcurrentLinkedQueue<>();
      acknowledged.put(traceId, stored);
      client.onText(text -> {
        EventId id = sent.remove();
        if (text.equals(Messages.RECORDED)) {
          stored.add(id);
          count.incrementAndGet();
        }
        room.release();
      });
      long next = System.nanoTime();
      while (!client.closed.isDone() && !Thread.currentThread().isInterrupted()) {
        room.acquire();
        TraceEvent event = event("a");
        sent.add(event.eventId());
        client.send(Messages.record(traceId, event));
        next += pauseNanos;
        long wait = next - System.nanoTime();
        if (wait > 0) {
          Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
        }
      }
    } catch (InterruptedException | RuntimeException e) {
      // The server is gone: what counts is what it acknowledged.
    }
  }
}
