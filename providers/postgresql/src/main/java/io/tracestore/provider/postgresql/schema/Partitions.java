package io.tracestore.provider.postgresql.schema;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITION;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITIONS;
import static io.tracestore.provider.postgresql.sql.Catalog.PARTITION_OF;
import static io.tracestore.provider.postgresql.sql.Catalog.SCHEMAS;
import static io.tracestore.provider.postgresql.sql.Catalog.SCHEMA_NAME;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLES;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE_NAME;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.attach;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.createLike;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.lockExclusively;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.dropTable;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.postgresql.PostgresConfig;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.postgresql.connect.PostgresSettings;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.schema.PartitionList.Partition;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.spi.StoreTimeoutException;
import io.tracestore.spi.StoreUnavailableException;
import io.tracestore.spi.TraceStoreException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * The partitions of the table of events, which several processes look after at once.
 *
 * <p>No reader or writer waits for this work. Making a partition takes no lock that they need; if
 * it fails, the events go to {@code events_default} and stay there. Dropping one needs an exclusive
 * lock on the table for a moment: it waits for the lock so briefly that the calls queued after it
 * do not notice, and gives up after some attempts.
 *
 * <p>Partitions of any width stand side by side, so that the interval may change; a new one never
 * reaches into its neighbours.
 */
public final class Partitions {
  /** How many intervals ahead of now there is a partition. */
  private static final int AHEAD = 2;

  /**
   * How many intervals back a late trace still gets one; older ones go to the default partition.
   */
  private static final int BACK = 30;

  /**
   * The number of partitions from which on late traces get no new ones: each costs every dump and
   * plan a bit.
   */
  private static final int MOST_FOR_LATE_TRACES = 1000;

  /** How long another process that makes partitions is waited for. */
  private static final int MAKE_WAIT_MS = 1000;

  /** How long another process that drops partitions is waited for. */
  private static final int DROP_WAIT_MS = 10_000;

  /** How long readers and writers may have to queue for a drop that waits for its lock. */
  private static final int BRIEF_WAIT_MS = 50;

  private static final int BRIEF_TRIES = 10;

  /** How long after a failure no writer tries to make partitions. */
  private static final Duration PAUSE = Duration.ofMinutes(1);

  private static final Pattern BOUNDS =
      Pattern.compile(".*FROM \\('?(-?\\d+)'?\\) TO \\('?(-?\\d+)'?\\)");

  private static final Traces T = TRACES.as("t");

  private static final Rendered LIST =
      Rendered.of(
          select(SCHEMA_NAME, TABLE_NAME, Catalog.bounds())
              .from(PARTITIONS)
              .join(TABLES)
              .on(TABLE.eq(PARTITION))
              .join(SCHEMAS)
              .on(Catalog.inSchema())
              .where(PARTITION_OF.eq(Catalog.idOf(EVENTS))));

  private static final Rendered IS_OWNER =
      Rendered.of(
          select(
                  Catalog.call(
                      "pg_has_role", SQLDataType.BOOLEAN, Catalog.TABLE_OWNER, val("USAGE")))
              .from(TABLES)
              .where(TABLE.eq(Catalog.idOf(EVENTS))));

  /** A partition, its indexes, and its long values. */
  private static final int LOCKS_EACH = 4;

  private static final Rendered LOCK_TABLE =
      Rendered.of(
          select(
              number("max_locks_per_transaction")
                  .mul(number("max_connections").add(number("max_prepared_transactions")))));

  private static final Rendered REMOVE_TRACES =
      NameRemoval.noting(
          deleteFrom(T)
              .where(T.START_NS.ge(param(T.START_NS)))
              .and(T.START_NS.le(param(T.START_NS)))
              .and(T.START_HOUR.ge(param(T.START_HOUR)))
              .and(T.START_HOUR.lt(param(T.START_HOUR)))
              .returningResult(T.FACETS));

  private final Connections connections;
  private final PostgresSettings config;
  private final PartitionCalendar calendar;
  private final Schema schema;
  private final Upkeep upkeep;
  private final Clock clock;
  private volatile @Nullable PartitionList known;
  private volatile Instant pausedUntil = Instant.MIN;

  public Partitions(
      Connections connections, PostgresSettings config, Schema schema, Upkeep upkeep, Clock clock) {
    this.connections = connections;
    this.config = config;
    this.calendar = new PartitionCalendar(config.get(PostgresConfig.PARTITION_INTERVAL));
    this.schema = schema;
    this.upkeep = upkeep;
    this.clock = clock;
  }

  /** The partitions as of the last look; they may have changed since. */
  public PartitionList known() {
    PartitionList last = known;
    return last != null ? last : connections.call(this::known);
  }

  /** The same, with a look through {@code session} if nobody has looked yet. */
  public PartitionList known(Session session) throws SQLException {
    PartitionList last = known;
    return last != null ? last : look(session);
  }

  /** Reads which partitions exist now. */
  public PartitionList look(Session session) throws SQLException {
    PartitionList now = list(session);
    known = now;
    return now;
  }

  /**
   * Reads the existing partitions and makes the missing ones for now and the next intervals. If the
   * store was opened so that nothing is made, this happens at the first write.
   */
  public void makeAhead() {
    connections.call(this::look);
    if (makesPartitions() && config.get(PostgresConfig.CREATE)) {
      int now = HourRange.hour(clock.instant());
      make(IntStream.rangeClosed(0, AHEAD).mapToObj(i -> calendar.shift(now, i)).toList());
    }
  }

  /**
   * Makes what is missing for traces that start in {@code hours}, if they are not too far away. A
   * failure is not the writer's: there is a place for its events all the same.
   */
  public void makeFor(Collection<Integer> hours) {
    if (!makesPartitions() || clock.instant().isBefore(pausedUntil)) {
      return;
    }
    PartitionList now = known();
    List<Integer> missing =
        hours.stream().filter(hour -> !now.contains(hour) && isNear(hour, now.size())).toList();
    if (missing.isEmpty()) {
      return;
    }
    try {
      make(missing);
      upkeep.succeeded(Upkeep.Work.PARTITIONS);
    } catch (TraceStoreException e) {
      if (e instanceof StoreUnavailableException && !PostgresErrors.isLockedOut(e)) {
        throw e; // nothing can be written now
      }
      pausedUntil = clock.instant().plus(PAUSE);
      upkeep.failed(Upkeep.Work.PARTITIONS, e);
    }
  }

  private boolean makesPartitions() {
    return config.get(PostgresConfig.PARTITIONING)
        && config.get(PostgresConfig.AUTO_CREATE_PARTITIONS);
  }

  private boolean isNear(int hour, int existing) {
    int now = HourRange.hour(clock.instant());
    if (hour >= calendar.shift(now, 0)) {
      return hour < calendar.shift(now, AHEAD + 1);
    }
    int oldest = Math.min(calendar.shift(now, -BACK), now - (int) config.retention().toHours());
    return hour >= oldest && existing < MOST_FOR_LATE_TRACES;
  }

  private void make(Collection<Integer> hours) {
    PartitionList before = known;
    if (before != null && hours.stream().allMatch(before::contains)) {
      return;
    }
    known =
        connections.inTransaction(session -> {
          waitAtMost(session, MAKE_WAIT_MS);
          schema.lock(session, "making partitions");
          PartitionList existing = list(session);
          for (int hour : hours) {
            if (!existing.contains(hour)) {
              make(session, existing.gapAround(hour, calendar.around(hour)));
              existing = list(session);
            }
          }
          return existing;
        });
  }

  private static void make(Session session, HourRange range) throws SQLException {
    Events partition = EVENTS.rename(freeName(session, range.tableName()));
    session.execute(createLike(partition, EVENTS));
    session.execute(attach(EVENTS, partition, range.from(), range.to()));
  }

  /** A name that is not in use: a partition that was detached has kept its name. */
  private static String freeName(Session session, String wanted) throws SQLException {
    Set<String> taken =
        Set.copyOf(
            session.list(
                select(TABLE_NAME)
                    .from(TABLES)
                    .where(TABLE_NAME.startsWith(wanted))
                    .and(Catalog.ofStore()),
                row -> row.getString(1)));
    String name = wanted;
    for (int i = 2; taken.contains(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /**
   * The outcome of dropping partitions.
   *
   * @param removed how many traces were removed
   * @param inUse the partitions that were in use all the time, so that they still exist
   */
  public record Dropped(long removed, List<Partition> inUse) {}

  /**
   * Drops the partitions that hold only traces that started at {@code lastNs} or earlier, each with
   * the headers of its traces, as far as nobody is in the way.
   *
   * @param connections to do it with: it may take long, and those for writing are few
   */
  public Dropped dropUntil(Connections connections, long lastNs) {
    long removed = 0;
    List<Partition> inUse = new ArrayList<>();
    List<Partition> old =
        connections.call(this::look).all().stream()
            .filter(partition -> partition.range().lastNanos() <= lastNs)
            .toList();
    if (!old.isEmpty() && connections.call(Partitions::isOwner)) {
      for (Partition partition : old) {
        OptionalLong traces = drop(connections, partition);
        removed += traces.orElse(0);
        if (traces.isEmpty()) {
          inUse.add(partition);
        }
      }
      connections.call(this::look);
    }
    return new Dropped(removed, inUse);
  }

  /**
   * Whether the user owns the table: only the owner may drop partitions; any user who may write can
   * remove rows.
   */
  private static boolean isOwner(Session session) throws SQLException {
    return session.list(IS_OWNER, row -> row.getBoolean(1)).contains(true);
  }

  private OptionalLong drop(Connections connections, Partition partition) {
    try {
      return OptionalLong.of(connections.inLongTransaction(session -> drop(session, partition)));
    } catch (InUseException e) {
      return OptionalLong.empty();
    } catch (StoreUnavailableException | StoreTimeoutException e) {
      // Removing rows takes longer, but in steps.
      if (e instanceof StoreTimeoutException || PostgresErrors.isLockedOut(e)) {
        return OptionalLong.empty();
      }
      throw e;
    }
  }

  /**
   * Removes headers and events in one transaction. Most of its time goes into the headers, when
   * only writers of these very traces wait for it. Then it has the table for itself: a writer that
   * was faster is done, and one that comes later finds no partition any more.
   */
  private long drop(Session session, Partition partition) throws SQLException {
    waitAtMost(session, DROP_WAIT_MS);
    schema.lock(session, "dropping partitions");
    if (!list(session).all().contains(partition)) {
      return 0; // another process was faster
    }
    Savepoint nothingDone = session.connection().setSavepoint();
    takeForItself(session, partition);
    session
        .connection()
        .rollback(nothingDone); // it could be had, so that the next step is not in vain
    waitAtMost(session, DROP_WAIT_MS);
    long removed = removeTraces(session, partition.range());
    takeForItself(session, partition);
    waitAtMost(session, BRIEF_WAIT_MS);
    removed += removeTraces(session, partition.range());
    session.execute(dropTable(partition.table()));
    return removed;
  }

  private static long removeTraces(Session session, HourRange range) throws SQLException {
    try (PreparedStatement statement = session.prepare(REMOVE_TRACES)) {
      statement.setLong(1, range.firstNanos());
      statement.setLong(2, range.lastNanos());
      statement.setInt(3, range.from());
      statement.setInt(4, range.to());
      return NameRemoval.removed(statement);
    }
  }

  /**
   * Takes the exclusive lock. Tries it several times and waits only briefly each time, because all
   * other users wait during that.
   */
  private static void takeForItself(Session session, Partition partition) throws SQLException {
    waitAtMost(session, BRIEF_WAIT_MS);
    for (int attempt = 1; ; attempt++) {
      Savepoint before = session.connection().setSavepoint();
      try {
        session.execute(lockExclusively(EVENTS, partition.table()));
        return;
      } catch (SQLException e) {
        if (!PostgresErrors.isLockedOut(e)) {
          throw e;
        }
        session.connection().rollback(before);
        if (attempt == BRIEF_TRIES) {
          throw new InUseException(partition, e);
        }
      }
      pause();
    }
  }

  /** Lets the calls pass that queued during the wait. */
  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(2 * BRIEF_WAIT_MS);
    } catch (InterruptedException e) {
      throw TraceStoreException.interrupted("waiting for a partition", e);
    }
  }

  /** Bounds all waiting for locks in this transaction from here on. */
  private static void waitAtMost(Session session, int millis) throws SQLException {
    session.execute(setLocal(name("lock_timeout"), val(millis)));
  }

  /** Warns if there are so many partitions that the server may lack room for their locks. */
  public List<String> warnings() {
    return connections.call(session -> {
      long needed = LOCKS_EACH * (long) look(session).size();
      long room = session.one(LOCK_TABLE, row -> row.getLong(1));
      return needed <= room / 2
          ? List.of()
          : List.of(
              ("the store has %d partitions: a dump or a query over all of them takes about %d of"
                      + " the server's %d locks; choose a longer partitionInterval, keep less, or"
                      + " raise max_locks_per_transaction")
                  .formatted(needed / LOCKS_EACH, needed, room));
    });
  }

  private static Field<Long> number(String setting) {
    return Catalog.setting(setting).cast(SQLDataType.BIGINT);
  }

  /** All partitions but the default one and that of early events. */
  public static PartitionList list(Session session) throws SQLException {
    return new PartitionList(
        session
            .list(
                LIST,
                row -> new Partition(row.getString(1), row.getString(2), range(row.getString(3))))
            .stream()
            .filter(partition -> partition.range().from() > Hours.UNPARTITIONED)
            .toList());
  }

  /** The range of a partition; from the least hour on if it has no lower bound. */
  public static HourRange range(String bounds) {
    Matcher ends = BOUNDS.matcher(bounds);
    return ends.matches()
        ? new HourRange(Integer.parseInt(ends.group(1)), Integer.parseInt(ends.group(2)))
        : new HourRange(Integer.MIN_VALUE, Hours.UNPARTITIONED);
  }

  /** Reports that a partition was in use all the time. */
  public static final class InUseException extends TraceStoreException {
    private static final long serialVersionUID = 1L;

    public InUseException(Partition partition, @Nullable SQLException cause) {
      super("partition " + partition + " is in use all the time and cannot be dropped", cause);
    }
  }
}
