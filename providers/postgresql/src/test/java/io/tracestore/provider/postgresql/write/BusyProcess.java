package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static org.jooq.impl.DSL.deleteFrom;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.postgresql.PostgresTraceStoreProvider;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.postgresql.schema.HourRange;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Schema;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.config.StoreOptions;
import io.tracestore.spi.config.StoreUri;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another process that works in stores while tests do, with what no answer shows: it writes rows of
 * traces that never come, and events that it takes back. With every turn an hour passes for it, so
 * that it makes new partitions and drops old ones. It reads URIs of stores, line by line. The first
 * time it joins the work in the store and says {@code joined}; the next time it says {@code left}
 * once its last turn has ended, and so on by turns. Lies in the provider's package to set the
 * clock.
 */
public final class BusyProcess {
  /** An hour so far in the past that no test has traces there. */
  private static final Instant FIRST_HOUR = Instant.parse("1750-01-01T00:00:00Z");

  /** Turns that follow each other at once would leave the tests no time on a small machine. */
  private static final long TURN_MS = 100;

  private BusyProcess() {}

  /** Works until its input ends. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Map<String, Stay> stays = new HashMap<>();
    BufferedReader uris =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String uri = uris.readLine(); uri != null; uri = uris.readLine()) {
      Stay stay = stays.computeIfAbsent(uri, Stay::new);
      System.out.println(stay.joinOrLeave() ? "joined" : "left");
    }
    for (Stay stay : stays.values()) {
      stay.close();
    }
  }

  /** Removes all that is in the store of {@code uri}, in which no process works. */
  public static void empty(String uri) {
    PostgresSettings config = settings(uri);
    try (Connection connection = Connections.connect(config)) {
      Session session = Connections.forMaintenance(connection, config);
      connection.setAutoCommit(false);
      session.execute(deleteFrom(EVENTS));
      session.execute(deleteFrom(TRACES));
      connection.commit();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PostgresSettings settings(String uri) {
    PostgresTraceStoreProvider provider = new PostgresTraceStoreProvider();
    StoreUri parsed = StoreUri.parse(uri);
    return PostgresSettings.of(
        parsed, StoreOptions.of(parsed, provider.options(), provider.driverOptions()));
  }

  /** The work in one store. */
  private static final class Stay {
    private final PostgresSettings config;
    private final Connections connections;
    private final Schema schema;
    private CountDownLatch left = new CountDownLatch(1);
    private @Nullable Thread worker;

    Stay(String uri) {
      config = settings(uri + "&maxConnections=2&connectionTimeoutMs=60s");
      try {
        PostgresErrors errors = new PostgresErrors("a busy process");
        connections = Connections.forWriting(config, errors, Connections.connect(config));
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      schema = new Schema(config.get(PostgresConfig.SCHEMA_NAME));
    }

    /** Begins to work and returns true, or ends the work and returns false. */
    boolean joinOrLeave() throws InterruptedException {
      if (worker == null) {
        CountDownLatch end = new CountDownLatch(1);
        left = end;
        worker =
            Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> fail(e)).start(() -> work(end));
        return true;
      }
      left.countDown();
      worker.join();
      worker = null;
      return false;
    }

    /** Ends the process, which the tests see. */
    private static void fail(Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }

    private void work(CountDownLatch end) {
      Instant now = FIRST_HOUR;
      do {
        Partitions partitions =
            new Partitions(
                connections, config, schema, new Upkeep(), Clock.fixed(now, ZoneOffset.UTC));
        partitions.makeAhead();
        List<UUID> traces = Stream.generate(() -> TraceId.random().value()).limit(5).toList();
        new PostgresWriteSink(connections, partitions, DataTerms.NONE)
            .write(
                traces.stream()
                    .map(trace -> new TraceWrite(trace, null, EncodedEvents.NONE))
                    .toList());
        for (UUID trace : traces) {
          writeAndTakeBack(trace, now, partitions);
        }
        partitions.dropUntil(connections, EpochNanos.of(now.minus(Duration.ofHours(2))));
        now = now.plus(Duration.ofHours(1));
      } while (!endsWithin(end, TURN_MS));
    }

    private static boolean endsWithin(CountDownLatch end, long millis) {
      try {
        return end.await(millis, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        return true;
      }
    }

    private void writeAndTakeBack(UUID trace, Instant now, Partitions partitions) {
      TraceEvent event =
          TraceEvent.builder(TraceEventType.ACTOR_STARTED, "busy")
              .eventId(EventId.random())
              .timestamp(now)
              .build();
      EncodedEvents events = EncodedEvents.of(trace, List.of(event), DataTerms.NONE);
      try {
        connections.inTransaction(session -> {
          events.number(Map.of(events.names().get(0), 1, events.names().get(1), 2));
          int hour = partitions.look(session).homeOf(HourRange.hour(now));
          try (CopyRows rows = EncodedEvents.begin(session, events.size())) {
            events.writeAll(hour, rows);
            rows.finish();
          } catch (SQLException e) {
            if (!PostgresErrors.isWithoutPartition(e)) {
              throw e;
            }
            // Another one has dropped it since.
          }
          throw new TakenBackException();
        });
      } catch (TakenBackException e) {
        return;
      }
      throw new IllegalStateException("the events were not taken back");
    }

    void close() throws InterruptedException {
      if (worker != null) {
        joinOrLeave();
      }
      connections.close();
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
