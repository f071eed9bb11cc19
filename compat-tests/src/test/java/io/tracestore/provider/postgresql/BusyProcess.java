package io.tracestore.provider.postgresql;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.StoreUri;
import io.tracestore.spi.TraceStoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another process that works in a store while a test does, with what no answer shows: it writes
 * rows of traces that never come, and events that it takes back. With every turn an hour passes for
 * it, so that it makes new partitions and drops old ones. It reads commands, {@code join URI} and
 * {@code leave}, and says of each that it is done. Lies in the provider's package to set the clock.
 */
public final class BusyProcess {
  /** So long ago that no test has anything there. */
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
    private final PostgresConfig config;
    private final Connections connections;
    private final Names names;
    private final long lock;
    private final AtomicBoolean left = new AtomicBoolean();
    private final Thread worker;
    private volatile @Nullable Throwable failure;

    Stay(String uri) {
      config = PostgresConfig.fromUri(StoreUri.parse(uri + "&maxConnections=2"));
      connections = new Connections(config, new SqlFailures("a busy process"));
      names = new Names(connections);
      lock = new Schema(config.schemaName()).lock("maintenance");
      worker =
          Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> failure = e).start(this::work);
    }

    private void work() {
      Instant now = FIRST_HOUR;
      while (!left.get()) {
        Partitions partitions =
            new Partitions(connections, config, lock, Clock.fixed(now, ZoneOffset.UTC));
        partitions.makeAhead();
        List<UUID> traces = Stream.generate(() -> TraceId.random().value()).limit(5).toList();
        new BatchWriter(connections, partitions, lock)
            .write(
                traces.stream()
                    .map(trace -> new TraceWrite(trace, null, EncodedEvents.NONE))
                    .toList());
        for (UUID trace : traces) {
          writeAndTakeBack(trace, now);
        }
        partitions.dropUntil(EpochNanos.of(now.minus(Duration.ofHours(2))));
        now = now.plus(Duration.ofHours(1));
      }
    }

    private void writeAndTakeBack(UUID trace, Instant now) {
      TraceEvent event =
          TraceEvent.builder(TraceEventType.ACTOR_STARTED, "busy")
              .eventId(EventId.random())
              .timestamp(now)
              .build();
      EncodedEvents events = EncodedEvents.of(trace, List.of(event), names);
      try {
        connections.inTransaction(connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("SELECT pg_advisory_xact_lock_shared(?)")) {
            statement.setLong(1, lock);
            statement.execute();
          }
          try (CopyRows rows = EncodedEvents.begin(connection, events.size())) {
            events.copyAll(HourRange.hour(now), rows);
            rows.finish();
          }
          throw new TakenBackException();
        });
      } catch (TakenBackException e) {
        return;
      }
      throw new IllegalStateException("the events were not taken back");
    }

    void end() throws InterruptedException {
      left.set(true);
      worker.join();
      connections.close();
      if (failure != null) {
        throw new IllegalStateException("a process that worked beside the test failed", failure);
      }
    }
  }

  /** Rolls a transaction back. */
  private static final class TakenBackException extends TraceStoreException {
    private static final long serialVersionUID = 1L;

    TakenBackException() {
      super("taken back", null);
    }
  }
}
