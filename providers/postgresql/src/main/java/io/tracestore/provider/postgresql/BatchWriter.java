package io.tracestore.provider.postgresql;

import io.tracestore.model.Uuids;
import io.tracestore.provider.postgresql.Connections.RowVanishedException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes many traces in one transaction.
 *
 * <p>Traces that are new, as nearly all are, take one INSERT of their rows, which tells that they
 * are, and one COPY of their events. Rows that exist are locked, in one order everywhere, and only
 * for them is looked at what is stored.
 */
final class BatchWriter {
  private static final String LOCK_OUT_MAINTENANCE =
      "WITH maintenance AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(?)) ";

  private static final String ADD_TRACES =
      LOCK_OUT_MAINTENANCE
          + "INSERT INTO traces (trace_id, start_ns, duration_ns, execution_id, last_event_id,"
          + " start_hour, status, flow_id, labels, facets, body)"
          + " SELECT trace_id, start_ns, duration_ns, execution_id, last_event_id, start_hour,"
          + " status, flow_id, labels::jsonb, facets::int[], body"
          + " FROM maintenance, unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::uuid[], ?::uuid[],"
          + " ?::int[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::bytea[])"
          + " AS new (trace_id, start_ns, duration_ns, execution_id, last_event_id, start_hour,"
          + " status, flow_id, labels, facets, body)"
          + " ON CONFLICT (trace_id) DO NOTHING RETURNING trace_id";

  private static final String LOCK_TRACES =
      "SELECT trace_id, start_hour, start_ns, execution_id, flow_id, status, facets, last_event_id"
          + " FROM traces WHERE trace_id = ANY (?) ORDER BY trace_id FOR UPDATE";

  private static final String MOVE_EARLY_EVENTS =
      "UPDATE events SET start_hour = ? WHERE trace_id = ? AND start_hour = " + StoredTrace.EARLY;

  private static final String REMOVE_EVENTS =
      "DELETE FROM events WHERE trace_id = ? AND start_hour = ? AND event_id = ANY (?)";

  private static final String SET_HEADER =
      "UPDATE traces SET start_ns = ?, duration_ns = ?, execution_id = ?, start_hour = ?,"
          + " status = ?, flow_id = ?, labels = ?::jsonb, body = ?, facets = ?, last_event_id = ?"
          + " WHERE trace_id = ?";

  private static final String SET_EVENTS =
      "UPDATE traces SET facets = ?, last_event_id = ? WHERE trace_id = ?";

  static final String RECOUNT_FACETS =
      "UPDATE traces t SET facets = coalesce((SELECT array_agg(DISTINCT f ORDER BY f) FROM events e"
          + " CROSS JOIN LATERAL (VALUES (e.actor), (e.event_type)) AS v (f)"
          + " WHERE e.trace_id = t.trace_id AND e.start_hour = t.start_hour), '{}')"
          + " WHERE t.trace_id = ANY (?)";

  private final Connections connections;
  private final Partitions partitions;
  private final long maintenanceLock;

  BatchWriter(Connections connections, Partitions partitions, long maintenanceLock) {
    this.connections = connections;
    this.partitions = partitions;
    this.maintenanceLock = maintenanceLock;
  }

  /** Writes all that is not refused; each write knows then whether it was. */
  void write(List<TraceWrite> writes) {
    Map<UUID, List<TraceWrite>> byTrace = new TreeMap<>(Uuids::compare);
    for (TraceWrite write : writes) {
      byTrace.computeIfAbsent(write.traceId(), id -> new ArrayList<>(1)).add(write);
    }
    partitions.makeFor(startHours(writes));
    connections.inTransaction(connection -> {
      write(connection, byTrace);
      return writes;
    });
  }

  private static Set<Integer> startHours(List<TraceWrite> writes) {
    Set<Integer> hours = new HashSet<>();
    for (TraceWrite write : writes) {
      HeaderRow header = write.header();
      if (header != null) {
        hours.add(header.startHour());
      }
    }
    return hours;
  }

  private void write(Connection connection, Map<UUID, List<TraceWrite>> byTrace)
      throws SQLException {
    List<TracePlan> plans = new ArrayList<>(byTrace.size());
    byTrace.values().forEach(writes -> plans.add(TracePlan.of(writes, null)));
    Set<UUID> added = addTraces(connection, plans);
    Set<UUID> recount = new HashSet<>();
    if (added.size() < plans.size()) {
      List<TracePlan> changes = lockAndPlan(connection, byTrace, added);
      change(connection, changes, recount);
      Map<UUID, TracePlan> changed =
          changes.stream().collect(Collectors.toMap(TracePlan::traceId, plan -> plan));
      plans.replaceAll(plan -> changed.getOrDefault(plan.traceId(), plan));
    }
    copyEvents(connection, plans);
    plans.stream()
        .filter(TracePlan::replacesOwnEvents)
        .map(TracePlan::traceId)
        .forEach(recount::add);
    recountFacets(connection, recount);
  }

  private Set<UUID> addTraces(Connection connection, List<TracePlan> plans) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADD_TRACES)) {
      TraceColumns columns = new TraceColumns(plans.size());
      plans.forEach(columns::add);
      statement.setLong(1, maintenanceLock);
      columns.bind(connection, statement, 2);
      Set<UUID> added = HashSet.newHashSet(plans.size());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          added.add(rows.getObject(1, UUID.class));
        }
      }
      return added;
    }
  }

  private static List<TracePlan> lockAndPlan(
      Connection connection, Map<UUID, List<TraceWrite>> byTrace, Set<UUID> added)
      throws SQLException {
    UUID[] existing =
        byTrace.keySet().stream().filter(id -> !added.contains(id)).toArray(UUID[]::new);
    Map<UUID, StoredTrace> stored = lock(connection, existing);
    List<TracePlan> plans = new ArrayList<>(existing.length);
    for (UUID id : existing) {
      StoredTrace trace = stored.get(id);
      if (trace == null) {
        throw new RowVanishedException();
      }
      plans.add(TracePlan.of(byTrace.getOrDefault(id, List.of()), trace));
    }
    return plans;
  }

  private static Map<UUID, StoredTrace> lock(Connection connection, UUID[] ids)
      throws SQLException {
    Map<UUID, StoredTrace> stored = HashMap.newHashMap(ids.length);
    try (PreparedStatement statement = connection.prepareStatement(LOCK_TRACES)) {
      statement.setArray(1, connection.createArrayOf("uuid", ids));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          stored.put(row.getObject(1, UUID.class), storedTrace(row));
        }
      }
    }
    return stored;
  }

  private static StoredTrace storedTrace(ResultSet row) throws SQLException {
    Integer[] facets = (Integer[]) row.getArray(7).getArray();
    return new StoredTrace(
        identity(row),
        row.getInt(2),
        Arrays.stream(facets).mapToInt(Integer::intValue).toArray(),
        row.getObject(8, UUID.class));
  }

  private static StoredTrace.@Nullable Identity identity(ResultSet row) throws SQLException {
    long startNs = row.getLong(3);
    return row.wasNull()
        ? null
        : new StoredTrace.Identity(
            startNs,
            row.getObject(4, UUID.class),
            row.getString(5),
            StatusCode.isTerminal(row.getShort(6)));
  }

  private static void change(Connection connection, List<TracePlan> plans, Set<UUID> recount)
      throws SQLException {
    moveEarlyEvents(connection, filter(plans, TracePlan::movesEvents));
    removeReplaced(connection, filter(plans, TracePlan::mayReplaceEvents), recount);
    setHeaders(connection, filter(plans, plan -> plan.newHeader() != null));
    setEvents(
        connection,
        filter(plans, plan -> plan.newHeader() == null && plan.changesFacetsOrLastEvent()));
  }

  private static List<TracePlan> filter(List<TracePlan> plans, Predicate<TracePlan> wanted) {
    return plans.stream().filter(wanted).toList();
  }

  private static void moveEarlyEvents(Connection connection, List<TracePlan> plans)
      throws SQLException {
    executeForEach(
        connection,
        MOVE_EARLY_EVENTS,
        plans,
        (statement, plan) -> {
          statement.setInt(1, plan.startHour());
          statement.setObject(2, plan.traceId());
        });
  }

  private static void removeReplaced(
      Connection connection, List<TracePlan> plans, Set<UUID> recount) throws SQLException {
    int[] removed =
        executeForEach(
            connection,
            REMOVE_EVENTS,
            plans,
            (statement, plan) -> {
              statement.setObject(1, plan.traceId());
              statement.setInt(2, plan.startHour());
              statement.setArray(3, connection.createArrayOf("uuid", plan.eventIds()));
            });
    for (int i = 0; i < removed.length; i++) {
      if (removed[i] != 0) {
        recount.add(plans.get(i).traceId());
      }
    }
  }

  private static void setHeaders(Connection connection, List<TracePlan> plans) throws SQLException {
    executeForEach(
        connection,
        SET_HEADER,
        plans,
        (statement, plan) -> {
          HeaderRow header = plan.newHeader();
          if (header == null) {
            throw new IllegalStateException("a plan without a header was let through");
          }
          statement.setLong(1, header.startNs());
          statement.setObject(2, header.durationNs(), Types.BIGINT);
          statement.setObject(3, header.executionId());
          statement.setInt(4, header.startHour());
          statement.setShort(5, header.status());
          statement.setString(6, header.flowId());
          statement.setString(7, header.labels());
          statement.setBytes(8, header.body());
          statement.setArray(9, intArray(connection, plan.facets()));
          statement.setObject(10, plan.lastEventId(), Types.OTHER);
          statement.setObject(11, plan.traceId());
        });
  }

  private static void setEvents(Connection connection, List<TracePlan> plans) throws SQLException {
    executeForEach(
        connection,
        SET_EVENTS,
        plans,
        (statement, plan) -> {
          statement.setArray(1, intArray(connection, plan.facets()));
          statement.setObject(2, plan.lastEventId(), Types.OTHER);
          statement.setObject(3, plan.traceId());
        });
  }

  private static java.sql.Array intArray(Connection connection, int[] values) throws SQLException {
    return connection.unwrap(PGConnection.class).createArrayOf("int4", values);
  }

  private static void copyEvents(Connection connection, List<TracePlan> plans) throws SQLException {
    long bytes = plans.stream().mapToLong(TracePlan::eventBytes).sum();
    if (bytes == 0) {
      return;
    }
    try (CopyRows rows = EncodedEvents.begin(connection, bytes)) {
      for (TracePlan plan : plans) {
        if (plan.hasEvents()) {
          plan.copyEvents(rows);
        }
      }
      rows.finish();
    }
  }

  private static void recountFacets(Connection connection, Set<UUID> traces) throws SQLException {
    if (traces.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(RECOUNT_FACETS)) {
      statement.setArray(1, connection.createArrayOf("uuid", traces.toArray(new UUID[0])));
      statement.executeUpdate();
    }
  }

  @FunctionalInterface
  private interface Parameters {
    void set(PreparedStatement statement, TracePlan plan) throws SQLException;
  }

  /** Sends one statement for each plan, all at once, and returns how many rows each changed. */
  private static int[] executeForEach(
      Connection connection, String sql, List<TracePlan> plans, Parameters parameters)
      throws SQLException {
    if (plans.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (TracePlan plan : plans) {
        parameters.set(statement, plan);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }
}
