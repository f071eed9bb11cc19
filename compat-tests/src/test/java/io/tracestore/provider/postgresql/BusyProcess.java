package io.tracestore.provider.postgresql;

import io.tracestore.TraceStores;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Another process that works in a store while a test does, with what no answer shows: it stores
 * events of traces that never come, and for it an hour passes with every turn, so that it makes new
 * partitions and drops old ones. It reads commands, {@code join URI} and {@code leave}, and says of
 * each that it is done. Lies in the provider's package to set the clock.
 */
public final class BusyProcess {
  /** So long ago that nothing else is there. */
  private static final Instant FIRST_HOUR = Instant.parse("1750-01-01T00:00:00Z");

  private BusyProcess() {}

  /** Obeys until its input ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Stay stay = null;
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      if (stay != null) {
        stay.end();
        stay = null;
      }
      if (line.startsWith("join ")) {
        stay = new Stay(line.substring("join ".length()));
      }
      System.out.println("done");
    }
  }

  /** The time between a join and the next leave. */
  private static final class Stay {
    private final TraceStore store;
    private final Connections connections;
    private final PostgresConfig config;
    private final AtomicBoolean left = new AtomicBoolean();
    private final Thread worker;
    private volatile @Nullable Throwable failure;

    Stay(String uri) {
      store = TraceStores.open(uri + "&maxConnections=2");
      config = PostgresConfig.fromUri(StoreUri.parse(uri + "&maxConnections=2"));
      connections = new Connections(config, new SqlFailures("busy"));
      worker =
          Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failure = e).start(this::work);
    }

    private void work() {
      long lock = new Schema(config.schemaName()).lock("maintenance");
      Instant now = FIRST_HOUR;
      while (!left.get()) {
        storeEarlyEvents();
        Partitions partitions =
            new Partitions(connections, config, lock, Clock.fixed(now, ZoneOffset.UTC));
        partitions.makeAhead();
        partitions.dropUntil(
            EpochNanos.of(now.minus(Duration.ofHours(2))));
        now = now.plus(Duration.ofHours(1));
      }
    }

    private void storeEarlyEvents() {
      TraceId trace = TraceId.random();
      for (int i = 0; i < 5; i++) {
        store.storeEvents(
            trace,
            List.of(
                TraceEvent.builder(TraceEventType.ACTOR_STARTED, "busy")
                    .eventId(new EventId(UUID.randomUUID()))
                    .timestamp(Instant.now())
                    .build()));
      }
    }

    void end() throws InterruptedException {
      left.set(true);
      worker.join();
      store.close();
      connections.close();
      if (failure != null) {
        throw new IllegalStateException("a process that worked beside the test failed", failure);
      }
    }
  }
}
