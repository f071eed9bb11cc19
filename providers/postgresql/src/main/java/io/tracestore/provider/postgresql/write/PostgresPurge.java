package io.tracestore.provider.postgresql.write;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.PartitionList.Partition;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.Upkeep;
import io.tracestore.spi.TraceStoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Removes traces: one, or all up to an instant in transactions that are bounded in traces, events
 * and partitions.
 */
public final class PostgresPurge {
  private static final int AT_ONCE = 1000;

  /** How many events a transaction removes, unless one trace has more, and a statement ever. */
  private static final int EVENTS_AT_ONCE = 50_000;

  // From the place where the last transaction ended: rows that are removed stay in the index as
  // long as anybody may still see them, and would be walked over again each time.
  private static final String OLDEST =
      "SELECT trace_id, start_hour, start_ns FROM SCHEMA.traces WHERE start_ns >= ? AND start_ns <= ?"
          + "%s ORDER BY start_ns, trace_id DESC LIMIT "
          + AT_ONCE;

  private static final String BEHIND = " AND (start_ns > ? OR trace_id < ?)";

  /**
   * Makes the planner walk the index: without statistics, or with old ones, it would read all old
   * traces each time.
   */
  private static final String WALK_THE_INDEX =
      "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off";

  private static final String WITHOUT_HEADER =
      "SELECT trace_id, start_hour, start_ns FROM SCHEMA.traces WHERE start_ns IS NULL AND trace_id %s ?"
          + " ORDER BY trace_id LIMIT "
          + AT_ONCE;

  private static final String LOCK =
      "SELECT trace_id, start_hour, start_ns FROM SCHEMA.traces WHERE trace_id = ANY (?)"
          + " ORDER BY trace_id FOR UPDATE";

  private static final String HOW_MANY =
      "SELECT count(*) FROM (SELECT FROM SCHEMA.events WHERE trace_id = ANY (?) AND start_hour = %s"
          + " AND ts_ns <= ? LIMIT "
          + (EVENTS_AT_ONCE + 1)
          + ") AS portion";

  private static final String REMOVE_EVENTS =
      "DELETE FROM SCHEMA.events WHERE trace_id = ANY (?) AND start_hour = %s AND ts_ns <= ?";

  private static final String REMOVE_SOME_EVENTS =
      "DELETE FROM SCHEMA.events WHERE trace_id = ? AND start_hour = %1$s AND ctid = ANY (ARRAY("
          + "SELECT ctid FROM SCHEMA.events WHERE trace_id = ? AND start_hour = %1$s AND ts_ns <= ? LIMIT "
          + EVENTS_AT_ONCE
          + "))";

  private static final String REMOVE_TRACES =
      NameRemoval.noting("DELETE FROM SCHEMA.traces WHERE trace_id = ANY (?)");

  private static final String REMOVE_EMPTY =
      NameRemoval.noting(
          "DELETE FROM SCHEMA.traces t WHERE trace_id = ANY (?) AND start_ns IS NULL AND NOT EXISTS"
              + " (SELECT FROM SCHEMA.events e WHERE e.trace_id = t.trace_id AND e.start_hour = "
              + Hours.EARLY
              + ")");

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

  /** A row of {@code traces}. */
  private record Found(UUID traceId, int startHour, @Nullable Long startNs) {}

  /** Removes one trace and its events; whether there was anything. */
  public boolean removeTrace(UUID traceId) {
    boolean removed =
        connections.inLongTransaction(connection -> {
          List<Found> locked = lock(connection, List.of(traceId));
          return removeTraces(connection, locked) > 0;
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
          connections.inLongTransaction(connection -> removeEarly(connection, after, lastNs)).last;
    } while (afterEarly != null);
    long removed = 0;
    @Nullable Found afterOldest = null;
    do {
      @Nullable Found after = afterOldest;
      Part part =
          connections.inLongTransaction(
              connection -> removeOldest(connection, after, lastNs, existing));
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
      Connection connection, @Nullable Found after, long lastNs, PartitionList existing)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(WALK_THE_INDEX);
    }
    List<Found> oldest;
    String sql = OLDEST.formatted(after == null ? "" : BEHIND);
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
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
    List<Found> some = beginning(connection, inFewPartitions(oldest, existing), Long.MAX_VALUE);
    // Between the two statements a trace may have been removed and stored again with another start.
    List<Found> locked =
        lock(connection, ids(some)).stream()
            .filter(found -> found.startNs != null && found.startNs <= lastNs)
            .toList();
    return new Part(removeTraces(connection, locked), some.getLast());
  }

  private static Part removeEarly(Connection connection, @Nullable Found after, long lastNs)
      throws SQLException {
    List<Found> early;
    String sql = WITHOUT_HEADER.formatted(after == null ? ">=" : ">");
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, after == null ? new UUID(0, 0) : after.traceId);
      early = read(statement);
    }
    if (early.isEmpty()) {
      return new Part(0, null);
    }
    List<Found> some = beginning(connection, early, lastNs);
    List<UUID> locked =
        ids(lock(connection, ids(some)).stream().filter(found -> found.startNs == null).toList());
    if (removeEvents(connection, locked, List.of(Hours.EARLY), lastNs) > 0) {
      execute(connection, REMOVE_EMPTY, locked);
      PostgresWriteSink.recountFacets(connection, locked, List.of(Hours.EARLY));
    }
    return new Part(0, some.getLast());
  }

  private static List<Found> inFewPartitions(List<Found> traces, PartitionList existing) {
    List<Found> some = new ArrayList<>(traces);
    while (existing.groups(hours(some)).size() > 1) {
      some = some.subList(0, some.size() / 2);
    }
    return some;
  }

  /**
   * The first traces of the list, as many as can be removed at once with all their events; at least
   * one.
   */
  private static List<Found> beginning(Connection connection, List<Found> traces, long lastNs)
      throws SQLException {
    List<Found> some = traces;
    while (some.size() > 1
        && countEvents(connection, ids(some), hours(some), lastNs) > EVENTS_AT_ONCE) {
      some = some.subList(0, some.size() / 2);
    }
    return some;
  }

  /** How many events that are, or one more than can be removed at once. */
  private static long countEvents(
      Connection connection, List<UUID> ids, Collection<Integer> hours, long lastNs)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ofHours(HOW_MANY, hours))) {
      statement.setArray(1, array(connection, ids));
      statement.setLong(2, lastNs);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private static List<Found> lock(Connection connection, List<UUID> ids) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setArray(1, array(connection, ids));
      return read(statement);
    }
  }

  private static long removeTraces(Connection connection, List<Found> locked) throws SQLException {
    if (locked.isEmpty()) {
      return 0;
    }
    removeEvents(connection, ids(locked), hours(locked), Long.MAX_VALUE);
    return execute(connection, REMOVE_TRACES, ids(locked));
  }

  private static long removeEvents(
      Connection connection, List<UUID> ids, Collection<Integer> hours, long lastNs)
      throws SQLException {
    if (ids.isEmpty()) {
      return 0;
    }
    if (ids.size() == 1 && hours.size() == 1) {
      return removeInSteps(connection, ids.getFirst(), hours, lastNs);
    }
    try (PreparedStatement statement = connection.prepareStatement(ofHours(REMOVE_EVENTS, hours))) {
      statement.setArray(1, array(connection, ids));
      statement.setLong(2, lastNs);
      return statement.executeLargeUpdate();
    }
  }

  /** One trace may have any number of events, but no statement may take any time. */
  private static long removeInSteps(
      Connection connection, UUID id, Collection<Integer> hour, long lastNs) throws SQLException {
    long removed = 0;
    long some;
    do {
      try (PreparedStatement statement =
          connection.prepareStatement(ofHours(REMOVE_SOME_EVENTS, hour))) {
        statement.setObject(1, id);
        statement.setObject(2, id);
        statement.setLong(3, lastNs);
        some = statement.executeLargeUpdate();
      }
      removed += some;
    } while (some == EVENTS_AT_ONCE);
    return removed;
  }

  /** With its hours as a constant, a statement locks and plans for the partitions of these only. */
  private static String ofHours(String sql, Collection<Integer> hours) {
    return sql.formatted(Hours.anyOf(hours));
  }

  private static long execute(Connection connection, String sql, List<UUID> ids)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array(connection, ids));
      return NameRemoval.count(statement);
    }
  }

  private static List<UUID> ids(List<Found> traces) {
    return traces.stream().map(Found::traceId).toList();
  }

  private static Collection<Integer> hours(List<Found> traces) {
    return traces.stream().map(Found::startHour).collect(Collectors.toSet());
  }

  private static java.sql.Array array(Connection connection, List<UUID> ids) throws SQLException {
    return connection.createArrayOf("uuid", ids.toArray());
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
