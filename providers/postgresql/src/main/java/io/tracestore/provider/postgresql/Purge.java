package io.tracestore.provider.postgresql;

import io.tracestore.model.Uuids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/** Removes traces: one, or all up to an instant in transactions of bounded size. */
final class Purge {
  private static final int AT_ONCE = 1000;
  private static final UUID LEAST_ID = new UUID(0, 0);

  private static final String SHARED_LOCK = "SELECT pg_advisory_xact_lock_shared(?)";

  private static final String OLDEST =
      "SELECT trace_id FROM traces WHERE start_ns <= ? ORDER BY start_ns LIMIT " + AT_ONCE;
  private static final String WITHOUT_HEADER =
      "SELECT trace_id FROM traces WHERE start_ns IS NULL AND trace_id >= ? ORDER BY trace_id LIMIT "
          + AT_ONCE;
  private static final String LOCK =
      "SELECT trace_id, start_hour FROM traces WHERE trace_id = ANY (?) ORDER BY trace_id FOR UPDATE";
  private static final String REMOVE_EVENTS =
      "DELETE FROM events WHERE trace_id = ANY (?) AND start_hour = ANY (?)";
  private static final String REMOVE_TRACES = "DELETE FROM traces WHERE trace_id = ANY (?)";
  private static final String REMOVE_EARLY_EVENTS =
      "DELETE FROM events WHERE trace_id = ANY (?) AND start_hour = "
          + StoredTrace.EARLY
          + " AND ts_ns <= ?";
  private static final String REMOVE_EMPTY =
      "DELETE FROM traces t WHERE trace_id = ANY (?) AND start_ns IS NULL AND NOT EXISTS"
          + " (SELECT FROM events e WHERE e.trace_id = t.trace_id AND e.start_hour = "
          + StoredTrace.EARLY
          + ")";

  private final Connections connections;
  private final Partitions partitions;
  private final long maintenanceLock;

  Purge(Connections connections, Partitions partitions, long maintenanceLock) {
    this.connections = connections;
    this.partitions = partitions;
    this.maintenanceLock = maintenanceLock;
  }

  /** Removes one trace and its events; whether there was anything. */
  boolean removeTrace(UUID traceId) {
    return connections.inTransaction(connection -> {
      lockOutMaintenance(connection);
      return removeTraces(connection, List.of(traceId)) > 0;
    });
  }

  /**
   * Removes what started at {@code lastNs} or earlier, whole partitions first; returns how many
   * traces with a header that were.
   */
  long removeUntil(long lastNs) {
    long removed = partitions.dropUntil(lastNs);
    for (OptionalLong some = removeOldest(lastNs); some.isPresent(); some = removeOldest(lastNs)) {
      removed += some.getAsLong();
    }
    Optional<UUID> from = Optional.of(LEAST_ID);
    while (from.isPresent()) {
      UUID first = from.get();
      from = connections.inTransaction(connection -> removeEarly(connection, first, lastNs));
    }
    return removed;
  }

  /** Empty if there is none; 0 is possible, when another process removed them first. */
  private OptionalLong removeOldest(long lastNs) {
    return connections.inTransaction(connection -> {
      lockOutMaintenance(connection);
      List<UUID> oldest = oldest(connection, lastNs);
      return oldest.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(removeTraces(connection, oldest));
    });
  }

  private void lockOutMaintenance(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SHARED_LOCK)) {
      statement.setLong(1, maintenanceLock);
      statement.execute();
    }
  }

  private static List<UUID> oldest(Connection connection, long lastNs) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(OLDEST)) {
      statement.setLong(1, lastNs);
      return ids(statement);
    }
  }

  private static long removeTraces(Connection connection, List<UUID> ids) throws SQLException {
    List<UUID> locked = new ArrayList<>(ids.size());
    List<Integer> hours = new ArrayList<>(ids.size());
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setArray(1, array(connection, ids));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          locked.add(rows.getObject(1, UUID.class));
          hours.add(rows.getInt(2));
        }
      }
    }
    if (locked.isEmpty()) {
      return 0;
    }
    try (PreparedStatement statement = connection.prepareStatement(REMOVE_EVENTS)) {
      statement.setArray(1, array(connection, locked));
      statement.setArray(
          2, connection.createArrayOf("int4", hours.stream().distinct().toArray(Integer[]::new)));
      statement.executeUpdate();
    }
    return execute(connection, REMOVE_TRACES, locked);
  }

  /** Where to go on; empty if that was all. */
  private Optional<UUID> removeEarly(Connection connection, UUID after, long lastNs)
      throws SQLException {
    lockOutMaintenance(connection);
    List<UUID> ids;
    try (PreparedStatement statement = connection.prepareStatement(WITHOUT_HEADER)) {
      statement.setObject(1, after);
      ids = ids(statement);
    }
    if (ids.isEmpty()) {
      return Optional.empty();
    }
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      statement.setArray(1, array(connection, ids));
      statement.executeQuery().close();
    }
    try (PreparedStatement statement = connection.prepareStatement(REMOVE_EARLY_EVENTS)) {
      statement.setArray(1, array(connection, ids));
      statement.setLong(2, lastNs);
      if (statement.executeUpdate() > 0) {
        execute(connection, REMOVE_EMPTY, ids);
        execute(connection, BatchWriter.RECOUNT_FACETS, ids);
      }
    }
    return ids.size() < AT_ONCE ? Optional.empty() : ids.stream().max(Uuids::compare);
  }

  private static long execute(Connection connection, String sql, List<UUID> ids)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setArray(1, array(connection, ids));
      return statement.executeLargeUpdate();
    }
  }

  private static java.sql.Array array(Connection connection, List<UUID> ids) throws SQLException {
    return connection.createArrayOf("uuid", ids.toArray());
  }

  private static List<UUID> ids(PreparedStatement statement) throws SQLException {
    List<UUID> ids = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        ids.add(rows.getObject(1, UUID.class));
      }
    }
    return ids;
  }
}
