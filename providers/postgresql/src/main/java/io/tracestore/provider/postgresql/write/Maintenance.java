package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITION;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITIONS;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITION_OF;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.currentOffsetDateTime;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.queries;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.val;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.schema.PartitionList.Partition;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.postgresql.sql.SqlTemplates;
import io.tracestore.spi.TraceStoreException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jooq.impl.SQLDataType;

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
  private static final Rendered HAS_ROWS =
      Rendered.of(
          select(
              exists(
                      selectOne()
                          .from(PARTITIONS)
                          .join(TABLES)
                          .on(TABLE.eq(PARTITION))
                          .where(PARTITION_OF.eq(Catalog.idOf(EVENTS)))
                          .and(Catalog.TABLE_ROWS.gt(constant(10_000))))
                  .and(
                      coalesce(
                          Catalog.call(
                                  "pg_stat_get_last_analyze_time",
                                  SQLDataType.TIMESTAMPWITHTIMEZONE,
                                  Catalog.idOf(EVENTS))
                              .lt(currentOffsetDateTime().sub(constant(1))),
                          trueCondition()))
                  .and(not(Catalog.call("pg_is_in_recovery", SQLDataType.BOOLEAN)))));

  private static final Rendered ANALYZE =
      Rendered.of(
          queries(
              setLocal(name("lock_timeout"), val(ANALYZE_WAIT_MS)),
              SqlTemplates.analyze(
                  EVENTS,
                  EVENTS.TS_NS,
                  EVENTS.TRACE_ID,
                  EVENTS.EVENT_ID,
                  EVENTS.PARENT_ID,
                  EVENTS.START_HOUR,
                  EVENTS.ACTOR,
                  EVENTS.EVENT_TYPE,
                  EVENTS.TO_ACTOR)));

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
      throw new Partitions.InUseException(inUse.getFirst(), null);
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

  private static boolean hasRows(Session session) throws SQLException {
    return session.one(HAS_ROWS, row -> row.getBoolean(1));
  }

  /** It takes no lock that readers or writers need, but those who make partitions wait for it. */
  private static boolean analyze(Session session) throws SQLException {
    session.execute(ANALYZE);
    return true;
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
