package io.tracestore.provider.postgresql.write;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.postgresql.connect.SchemaConnection;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.schema.PartitionList.Partition;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.spi.TraceStoreException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Makes partitions ahead, removes traces that are too old and names that nothing uses, and renews
 * the statistics of the planner: when a store is opened, and from then on regularly, in a thread of
 * its own. A failure is reported by the store's health, and the work is tried again.
 */
public final class Maintenance implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofMinutes(5);

  /** After a failure the next time comes sooner. */
  private static final Duration PERIOD_AFTER_FAILURE = Duration.ofMinutes(1);

  /** So often a partition that is in use is left for the next time; then its rows are removed. */
  private static final int PATIENT_TIMES = 30;

  private static final Duration STATISTICS_AGE = Duration.ofDays(1);

  /**
   * The largest number of partitions whose statistics are renewed; in a larger store the server's
   * own have to suffice.
   */
  private static final int MOST_ANALYZED = 100;

  private static final int ANALYZE_WAIT_MS = 100;

  /** A cancellation reaches only a statement that is running. */
  private static final Duration CANCEL_AGAIN = Duration.ofMillis(100);

  /**
   * Whether the events need an analysis: a partition has rows, and the last analysis is more than a
   * day old. No statistics are better than those of an empty table.
   */
  private static final String HAS_ROWS =
      "SELECT EXISTS (SELECT FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
          + " WHERE i.inhparent = "
          + SchemaConnection.EVENTS
          + " AND c.reltuples > 10000)"
          + " AND coalesce(pg_stat_get_last_analyze_time("
          + SchemaConnection.EVENTS
          + ")"
          + " < now() - interval '1 day', true) AND NOT pg_is_in_recovery()";

  private static final String ANALYZE =
      "ANALYZE SCHEMA.events (ts_ns, trace_id, event_id, parent_id, start_hour, actor, event_type, to_actor)";

  private final PostgresSettings config;
  private final Connections reading;
  private final Connections writing;
  private final Partitions partitions;
  private final PostgresPurge purge;
  private final NameRemoval names;
  private final Upkeep upkeep;
  private final Clock clock;
  private final Thread thread;
  private volatile boolean closed;
  private int timesInUse;
  private Instant analyzed = Instant.MIN;

  /** Starts the thread, which begins at once. */
  @SuppressWarnings("this-escape") // the thread reads fields that are all set
  public Maintenance(
      String name,
      PostgresSettings config,
      Connections reading,
      Connections writing,
      Partitions partitions,
      PostgresPurge purge,
      NameRemoval names,
      Upkeep upkeep,
      Clock clock) {
    this.config = config;
    this.reading = reading;
    this.writing = writing;
    this.partitions = partitions;
    this.purge = purge;
    this.names = names;
    this.upkeep = upkeep;
    this.clock = clock;
    this.thread =
        Thread.ofPlatform().daemon().name("tracestore-maintenance " + name).unstarted(this::run);
    thread.start();
  }

  private void run() {
    try {
      while (!closed) {
        boolean done = runOnce();
        Thread.sleep(done ? PERIOD : PERIOD_AFTER_FAILURE); // close interrupts it
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** Whether all succeeded. */
  private boolean runOnce() {
    boolean done = attempt(Upkeep.Work.PARTITIONS_AHEAD, partitions::makeAhead);
    if (!config.retention().isZero()) {
      done &= attempt(Upkeep.Work.RETENTION, this::removeOld);
    }
    done &= attempt(Upkeep.Work.NAMES, names::run);
    return attempt(Upkeep.Work.STATISTICS, this::analyze) && done;
  }

  private boolean attempt(Upkeep.Work work, Runnable action) {
    if (closed) {
      return true;
    }
    try {
      action.run();
      upkeep.succeeded(work);
      return true;
    } catch (TraceStoreException e) {
      upkeep.failed(work, e);
    } catch (RuntimeException | Error e) {
      // A bug must not end the thread without a word.
      upkeep.failed(work, new TraceStoreException(e.toString(), e));
    }
    return false;
  }

  private void removeOld() {
    Duration kept = config.retention();
    long last = EpochNanos.of(clock.instant().minus(kept));
    if (timesInUse >= PATIENT_TIMES) {
      purge.removeUntil(last);
      return;
    }
    List<Partition> inUse = purge.removeUntilInUse(last);
    timesInUse = inUse.isEmpty() ? 0 : timesInUse + 1;
    if (!inUse.isEmpty()) {
      throw new Partitions.InUseException(inUse.getFirst().table(), null);
    }
  }

  private void analyze() {
    if (clock.instant().isAfter(analyzed.plus(STATISTICS_AGE))
        && partitions.known().size() <= MOST_ANALYZED) {
      if (writing.call(Maintenance::hasRows)) {
        reading.inLongTransaction(Maintenance::analyze);
      }
      analyzed = clock.instant();
    }
  }

  private static boolean hasRows(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(HAS_ROWS)) {
      return row.next() && row.getBoolean(1);
    }
  }

  /** It takes no lock that readers or writers need, but those who make partitions wait for it. */
  private static boolean analyze(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET LOCAL lock_timeout = " + ANALYZE_WAIT_MS);
      return statement.execute(ANALYZE);
    }
  }

  /** Ends the thread, and the statement that it is at. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    boolean interrupted = false;
    for (boolean ended = false; !ended; ) {
      reading.cancel(thread);
      writing.cancel(thread);
      try {
        ended = thread.join(CANCEL_AGAIN);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
