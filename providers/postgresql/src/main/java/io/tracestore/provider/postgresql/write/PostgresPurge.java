package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.filledIn;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hour;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hours;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.queries;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.val;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.PartitionList.Partition;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.spi.TraceStoreException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/**
 * Removes traces: one, or all up to an instant in transactions that are bounded in traces, events
 * and partitions.
 */
public final class PostgresPurge {
  private static final int AT_ONCE = 1000;

  /** How many events a transaction removes, unless one trace has more, and a statement ever. */
  private static final int EVENTS_AT_ONCE = 50_000;

  private static final Traces T = TRACES.as("t");
  private static final Events E = EVENTS.as("e");
  private static final DataType<UUID[]> IDS = T.TRACE_ID.getDataType().array();

  private static final Rendered OLDEST = Rendered.of(oldest(noCondition()));

  // From the place where the last transaction ended: rows that are removed stay in the index as
  // long as anybody may still see them, and would be walked over again each time.
  private static final Rendered OLDEST_BEHIND =
      Rendered.of(oldest(T.START_NS.gt(param(T.START_NS)).or(T.TRACE_ID.lt(param(T.TRACE_ID)))));

  /**
   * Makes the planner walk the index: without statistics, or with old ones, it would read all old
   * traces each time.
   */
  private static final Rendered WALK_THE_INDEX =
      Rendered.of(
          queries(
              setLocal(name("enable_sort"), val(false)),
              setLocal(name("enable_bitmapscan"), val(false)),
              setLocal(name("enable_seqscan"), val(false))));

  private static final Rendered WITHOUT_HEADER = Rendered.of(withoutHeader(noCondition()));
  private static final Rendered WITHOUT_HEADER_BEHIND =
      Rendered.of(withoutHeader(T.TRACE_ID.gt(param(T.TRACE_ID))));

  private static final Rendered LOCK =
      Rendered.of(
          select(T.TRACE_ID, T.START_HOUR, T.START_NS)
              .from(T)
              .where(T.TRACE_ID.eq(any(param(IDS))))
              .orderBy(T.TRACE_ID)
              .forUpdate());

  private static final Rendered HOW_MANY =
      Rendered.of(
          select(count())
              .from(
                  selectOne()
                      .from(E)
                      .where(E.TRACE_ID.eq(any(param(IDS))))
                      .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
                      .and(E.TS_NS.le(param(E.TS_NS)))
                      .limit(constant(EVENTS_AT_ONCE + 1))
                      .asTable("portion")));

  private static final Rendered REMOVE_EVENTS =
      Rendered.of(
          deleteFrom(E)
              .where(E.TRACE_ID.eq(any(param(IDS))))
              .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
              .and(E.TS_NS.le(param(E.TS_NS))));

  private static final Rendered REMOVE_SOME_EVENTS =
      Rendered.of(
          deleteFrom(E)
              .where(E.TRACE_ID.eq(param(E.TRACE_ID)))
              .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
              .and(
                  Catalog.place()
                      .eq(
                          any(
                              array(
                                  select(Catalog.place())
                                      .from(E)
                                      .where(E.TRACE_ID.eq(param(E.TRACE_ID)))
                                      .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
                                      .and(E.TS_NS.le(param(E.TS_NS)))
                                      .limit(constant(EVENTS_AT_ONCE)))))));

  private static final Rendered REMOVE_TRACES =
      NameRemoval.noting(
          deleteFrom(T).where(T.TRACE_ID.eq(any(param(IDS)))).returningResult(T.FACETS));

  private static final Rendered REMOVE_EMPTY =
      NameRemoval.noting(
          deleteFrom(T)
              .where(T.TRACE_ID.eq(any(param(IDS))))
              .and(T.START_NS.isNull())
              .and(
                  notExists(
                      selectOne()
                          .from(E)
                          .where(E.TRACE_ID.eq(T.TRACE_ID))
                          .and(E.START_HOUR.eq(hour(Hours.EARLY)))))
              .returningResult(T.FACETS));

  private final Connections connections;
  private final Partitions partitions;
  private final NameRemoval names;
  private final Upkeep upkeep;

  public PostgresPurge(
      Connections connections, Partitions partitions, NameRemoval names, Upkeep upkeep) {
    this.connections = connections;
    this.partitions = partitions;
    this.names = names;
    this.upkeep = upkeep;
  }

  private static Select<?> oldest(Condition behind) {
    return select(T.TRACE_ID, T.START_HOUR, T.START_NS)
        .from(T)
        .where(T.START_NS.ge(param(T.START_NS)))
        .and(T.START_NS.le(param(T.START_NS)))
        .and(behind)
        .orderBy(T.START_NS, T.TRACE_ID.desc())
        .limit(constant(AT_ONCE));
  }

  private static Select<?> withoutHeader(Condition behind) {
    return select(T.TRACE_ID, T.START_HOUR, T.START_NS)
        .from(T)
        .where(T.START_NS.isNull())
        .and(behind)
        .orderBy(T.TRACE_ID)
        .limit(constant(AT_ONCE));
  }

  /** A row of {@code traces}. */
  private record Found(UUID traceId, int startHour, @Nullable Long startNs) {}

  /** Removes one trace and its events; whether there was anything. */
  public boolean removeTrace(UUID traceId) {
    boolean removed =
        connections.inLongTransaction(session -> {
          List<Found> locked = lock(session, List.of(traceId));
          return removeTraces(session, locked) > 0;
        });
    if (removed) {
      removeNames();
    }
    return removed;
  }

  /**
   * Removes unused names. The traces are removed already, so a failure is only noted; the next
   * maintenance tries again.
   */
  private void removeNames() {
    try {
      names.run();
    } catch (TraceStoreException e) {
      upkeep.failed(Upkeep.Work.NAMES, e);
    }
  }

  /**
   * Removes the traces that started at {@code lastNs} or earlier, whole partitions first; returns
   * the number of removed traces with a header.
   */
  public long removeUntil(long lastNs) {
    long removed = partitions.dropUntil(connections, lastNs).removed() + removeRowsUntil(lastNs);
    removeNames();
    return removed;
  }

  /** Does the same, but returns the partitions that are in use instead of removing their rows. */
  List<Partition> removeUntilInUse(long lastNs) {
    List<Partition> inUse = partitions.dropUntil(connections, lastNs).inUse();
    if (inUse.isEmpty()) {
      removeRowsUntil(lastNs);
    }
    return inUse;
  }

  private long removeRowsUntil(long lastNs) {
    PartitionList existing = partitions.known();
    // Early events first: one may get its header during this call, and then the trace is found
    // below.
    @Nullable Found afterEarly = null;
    do {
      @Nullable Found after = afterEarly;
      afterEarly =
          connections.inLongTransaction(session -> removeEarly(session, after, lastNs)).last;
    } while (afterEarly != null);
    long removed = 0;
    @Nullable Found afterOldest = null;
    do {
      @Nullable Found after = afterOldest;
      Part part =
          connections.inLongTransaction(session -> removeOldest(session, after, lastNs, existing));
      afterOldest = part.last;
      removed += part.removed;
    } while (afterOldest != null);
    return removed;
  }

  /**
   * The work of one transaction.
   *
   * @param removed how many traces with a header it removed
   * @param last the last trace that it looked at; null if there was none left
   */
  private record Part(long removed, @Nullable Found last) {}

  private static Part removeOldest(
      Session session, @Nullable Found after, long lastNs, PartitionList existing)
      throws SQLException {
    session.execute(WALK_THE_INDEX);
    List<Found> oldest;
    try (PreparedStatement statement = session.prepare(after == null ? OLDEST : OLDEST_BEHIND)) {
      long from = after == null || after.startNs == null ? Long.MIN_VALUE : after.startNs;
      statement.setLong(1, from);
      statement.setLong(2, lastNs);
      if (after != null) {
        statement.setLong(3, from);
        statement.setObject(4, after.traceId);
      }
      oldest = read(statement);
    }
    if (oldest.isEmpty()) {
      return new Part(0, null);
    }
    List<Found> some = beginning(session, inFewPartitions(oldest, existing), Long.MAX_VALUE);
    // Between the two statements a trace may have been removed and stored again with another start.
    List<Found> locked =
        lock(session, ids(some)).stream()
            .filter(found -> found.startNs != null && found.startNs <= lastNs)
            .toList();
    return new Part(removeTraces(session, locked), some.getLast());
  }

  private static Part removeEarly(Session session, @Nullable Found after, long lastNs)
      throws SQLException {
    List<Found> early;
    try (PreparedStatement statement =
        session.prepare(after == null ? WITHOUT_HEADER : WITHOUT_HEADER_BEHIND)) {
      if (after != null) {
        statement.setObject(1, after.traceId);
      }
      early = read(statement);
    }
    if (early.isEmpty()) {
      return new Part(0, null);
    }
    List<Found> some = beginning(session, early, lastNs);
    List<UUID> locked =
        ids(lock(session, ids(some)).stream().filter(found -> found.startNs == null).toList());
    if (removeEvents(session, locked, List.of(Hours.EARLY), lastNs) > 0) {
      execute(session, REMOVE_EMPTY, locked);
      PostgresWriteSink.recountFacets(session, locked, List.of(Hours.EARLY));
    }
    return new Part(0, some.getLast());
  }

  private static List<Found> inFewPartitions(List<Found> traces, PartitionList existing) {
    List<Found> some = new ArrayList<>(traces);
    while (existing.groups(hoursOf(some)).size() > 1) {
      some = some.subList(0, some.size() / 2);
    }
    return some;
  }

  /**
   * The first traces of the list, as many as can be removed at once with all their events; at least
   * one.
   */
  private static List<Found> beginning(Session session, List<Found> traces, long lastNs)
      throws SQLException {
    List<Found> some = traces;
    while (some.size() > 1
        && countEvents(session, ids(some), hoursOf(some), lastNs) > EVENTS_AT_ONCE) {
      some = some.subList(0, some.size() / 2);
    }
    return some;
  }

  /** How many events that are, or one more than can be removed at once. */
  private static long countEvents(
      Session session, List<UUID> ids, Collection<Integer> hours, long lastNs) throws SQLException {
    try (PreparedStatement statement = session.prepare(HOW_MANY, hours(hours))) {
      statement.setArray(1, arrayOf(session, ids));
      statement.setLong(2, lastNs);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static List<Found> lock(Session session, List<UUID> ids) throws SQLException {
    try (PreparedStatement statement = session.prepare(LOCK)) {
      statement.setArray(1, arrayOf(session, ids));
      return read(statement);
    }
  }

  private static long removeTraces(Session session, List<Found> locked) throws SQLException {
    if (locked.isEmpty()) {
      return 0;
    }
    removeEvents(session, ids(locked), hoursOf(locked), Long.MAX_VALUE);
    return execute(session, REMOVE_TRACES, ids(locked));
  }

  private static long removeEvents(
      Session session, List<UUID> ids, Collection<Integer> hours, long lastNs) throws SQLException {
    if (ids.isEmpty()) {
      return 0;
    }
    if (ids.size() == 1 && hours.size() == 1) {
      return removeInSteps(session, ids.getFirst(), hours, lastNs);
    }
    try (PreparedStatement statement = session.prepare(REMOVE_EVENTS, hours(hours))) {
      statement.setArray(1, arrayOf(session, ids));
      statement.setLong(2, lastNs);
      return statement.executeLargeUpdate();
    }
  }

  /** One trace may have any number of events, but no statement may take any time. */
  private static long removeInSteps(Session session, UUID id, Collection<Integer> hour, long lastNs)
      throws SQLException {
    long removed = 0;
    long some;
    do {
      try (PreparedStatement statement = session.prepare(REMOVE_SOME_EVENTS, hours(hour))) {
        statement.setObject(1, id);
        statement.setObject(2, id);
        statement.setLong(3, lastNs);
        some = statement.executeLargeUpdate();
      }
      removed += some;
    } while (some == EVENTS_AT_ONCE);
    return removed;
  }

  private static long execute(Session session, Rendered sql, List<UUID> ids) throws SQLException {
    try (PreparedStatement statement = session.prepare(sql)) {
      statement.setArray(1, arrayOf(session, ids));
      return NameRemoval.removed(statement);
    }
  }

  private static List<UUID> ids(List<Found> traces) {
    return traces.stream().map(Found::traceId).toList();
  }

  private static Collection<Integer> hoursOf(List<Found> traces) {
    return traces.stream().map(Found::startHour).collect(Collectors.toSet());
  }

  private static java.sql.Array arrayOf(Session session, List<UUID> ids) throws SQLException {
    return session.array("uuid", ids.toArray());
  }

  private static List<Found> read(PreparedStatement statement) throws SQLException {
    List<Found> traces = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        traces.add(
            new Found(
                rows.getObject(1, UUID.class), rows.getInt(2), rows.getObject(3, Long.class)));
      }
    }
    return traces;
  }
}
