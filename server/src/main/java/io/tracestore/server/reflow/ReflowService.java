package io.tracestore.server.reflow;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracestore.migration.pieces.RunningTraces;
import io.tracestore.server.http.MemoryBudget;
import io.tracestore.spi.TraceStore;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.server.ServerUpgradeRequest;
import org.eclipse.jetty.websocket.server.ServerUpgradeResponse;
import org.eclipse.jetty.websocket.server.WebSocketCreator;

/** Reflow's protocol over WebSocket, into a store. */
public final class ReflowService implements WebSocketCreator, AutoCloseable {
  private final SocketOptions options;
  private final MemoryBudget budget;
  private final Retries retries;
  private final Subscriptions subscriptions = new Subscriptions();
  private final Traffic traffic;
  private final FlowTraces traces;
  private final Reads reads;
  private final Set<ReflowSocket> sockets = ConcurrentHashMap.newKeySet();
  private final Thread watcher;
  private volatile boolean stopping;

  /**
   * A service that stores into {@code store}, which is not closed here.
   *
   * @param others running traces that others record, which are shown too
   */
  public ReflowService(
      TraceStore store,
      RunningTraces others,
      SocketOptions options,
      MemoryBudget budget,
      MeterRegistry registry) {
    this.options = options;
    this.budget = budget;
    this.retries = new Retries(options.retryFor());
    this.traffic = new Traffic(registry);
    this.traces = new FlowTraces(store, retries, subscriptions);
    this.reads = new Reads(store, traces, others, options.maxAnswerBytes());
    this.watcher = Thread.ofVirtual().name("tracestore-pings").start(this::watch);
    Gauge.builder("tracestore.server.memory", budget, MemoryBudget::inUse)
        .description("what messages in work take of the memory that they may take")
        .baseUnit("bytes")
        .register(registry);
  }

  /** Reads what this service and others record, and what is stored. */
  public Reads reads() {
    return reads;
  }

  @Override
  public Object createWebSocket(
      ServerUpgradeRequest request, ServerUpgradeResponse response, Callback callback) {
    ReflowSocket socket =
        new ReflowSocket(
            options,
            budget,
            traffic,
            outbox -> new Conversation(traces, reads, subscriptions, outbox, traffic),
            sockets::remove);
    sockets.add(socket);
    if (stopping) {
      socket.shutDown();
    }
    return socket;
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(options.pingEvery());
        sockets.forEach(ReflowSocket::check);
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /**
   * Reads no more, answers what was read, and closes the connections; those that are not done
   * within {@code limit} are cut off.
   */
  public void stop(Duration limit) {
    stopping = true;
    sockets.forEach(ReflowSocket::shutDown);
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (ReflowSocket socket : sockets) {
        if (!socket.awaitEnd(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          retries.stop();
          socket.interrupt();
        }
      }
    } catch (InterruptedException e) {
      retries.stop();
      sockets.forEach(ReflowSocket::interrupt);
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what still runs; {@link #stop} comes first. */
  @Override
  public void close() {
    watcher.interrupt();
    traces.close();
  }
}
