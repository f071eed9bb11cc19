package io.tracestore.provider.postgresql.write;

import io.tracestore.model.Uuids;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.Connections.RowVanishedException;
import io.tracestore.provider.postgresql.connect.Durability;
import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.StatusCode;
import io.tracestore.provider.support.write.GroupWriter;
import io.tracestore.provider.support.write.ShardedWriter;
import io.tracestore.provider.support.write.WriteOutcome;
import io.tracestore.provider.support.write.WriteSink;
import io.tracestore.spi.TraceStoreException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes many traces in one transaction.
 *
 * <p>New traces, the common case, cost one {@code INSERT ... ON CONFLICT DO NOTHING RETURNING} of
 * their rows, which returns the new ones, and one {@code COPY} of their events. Existing rows are
 * locked, in one order everywhere, and only for them the stored state is read.
 */
public final class PostgresWriteSink implements WriteSink<TraceWrite> {
  /** While one writer waits for the disk, the other works: more gain nothing, see ADR 10. */
  private static final int WRITERS = 2;

  /**
   * The bytes of a call that go into one part: enough to make the cost of a transaction small in
   * comparison.
   */
  private static final long PART_BYTES = 4L << 20;

  /** How many bytes may wait for one writer, and go into one transaction. */
  private static final long MAX_QUEUED_BYTES = 16L << 20;

  /**
   * Begins a transaction, in the message of its first statement. It has an id of its own before it
   * reads the numbers of names, so that a removal of names can see that it is still under way.
   */
  private static final String BEGIN =
      "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SELECT pg_current_xact_id(), "
          + Durability.WAIT_FOR_DISK
          + ", %s; "
          + Dictionary.FIND_IN_USE;

  private static final String ADD_TRACES =
      "INSERT INTO SCHEMA.traces (trace_id, start_ns, duration_ns, execution_id, last_event_id,"
          + " start_hour, status, flow_id, labels, facets, body)"
          + " SELECT trace_id, start_ns, duration_ns, execution_id, last_event_id, start_hour,"
          + " status, flow_id, labels::jsonb, facets::int[], body"
          + " FROM unnest(?::uuid[], ?::bigint[], ?::bigint[], ?::uuid[], ?::uuid[],"
          + " ?::int[], ?::smallint[], ?::text[], ?::text[], ?::text[], ?::bytea[])"
          + " AS new (trace_id, start_ns, duration_ns, execution_id, last_event_id, start_hour,"
          + " status, flow_id, labels, facets, body)"
          + " ON CONFLICT (trace_id) DO NOTHING RETURNING trace_id";

  private static final String LOCK_TRACES =
      "SELECT trace_id, start_hour, start_ns, execution_id, flow_id, status, facets, last_event_id"
          + " FROM SCHEMA.traces WHERE trace_id = ANY (?) ORDER BY trace_id FOR UPDATE";

  private static final String MOVE_EARLY_EVENTS =
      "UPDATE SCHEMA.events SET start_hour = ? WHERE trace_id = ? AND start_hour = " + Hours.EARLY;

  private static final String SET_HOME =
      "UPDATE SCHEMA.traces SET start_hour = ? WHERE trace_id = ANY (?)";

  private static final String SET_HEADER =
      "UPDATE SCHEMA.traces SET start_ns = ?, duration_ns = ?, execution_id = ?, start_hour = ?,"
          + " status = ?, flow_id = ?, labels = ?::jsonb, body = ?, facets = ?, last_event_id = ?"
          + " WHERE trace_id = ?";

  private static final String SET_EVENTS =
      "UPDATE SCHEMA.traces SET facets = ?, last_event_id = ? WHERE trace_id = ?";

  private static final String RECOUNT_FACETS =
      "WITH before AS (SELECT trace_id, facets FROM SCHEMA.traces WHERE trace_id = ANY (?)),"
          + " recounted AS (UPDATE SCHEMA.traces t SET facets = coalesce((SELECT array_agg(DISTINCT f ORDER BY f) FROM SCHEMA.events e"
          + " CROSS JOIN LATERAL (VALUES (e.actor), (e.event_type), (-e.to_actor)) AS v (f)"
          + " WHERE f IS NOT NULL AND e.trace_id = t.trace_id AND e.start_hour = t.start_hour AND e.start_hour = ";

  /** UUIDs of this version begin with the time; others come in no order. */
  private static final int ORDERED_VERSION = 7;

  /** The condition of the index {@code events_by_random_id}. */
  private static final String WITH_RANDOM_ID = " AND get_byte(uuid_send(event_id), 6) & 240 <> 112";

  /** Names that only events had that were replaced may be in nothing now. */
  private static final String NOTE_OTHERS =
      "), '{}') WHERE t.trace_id = ANY (?) RETURNING t.trace_id, t.facets)"
          + " INSERT INTO SCHEMA.names_to_check SELECT DISTINCT abs(f) FROM before"
          + " JOIN recounted USING (trace_id) CROSS JOIN LATERAL unnest(before.facets) AS f"
          + " WHERE f <> ALL (recounted.facets)";

  /**
   * The largest number of partitions that a transaction touches: each takes several places in the
   * lock table.
   */
  private static final int PARTITIONS_AT_ONCE = 4 * PartitionList.AT_ONCE;

  private final Connections connections;
  private final Partitions partitions;
  private final String begin;
  private final RememberedNumbers remembered = new RememberedNumbers();

  PostgresWriteSink(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
    this.begin = BEGIN.formatted(connections.limitOfCalls().ofTransaction());
  }

  /**
   * Makes the writers of a store, whose engine is a sink like this.
   *
   * @param name the name of the store in errors
   */
  public static ShardedWriter<TraceWrite> writers(
      String name, Connections connections, Partitions partitions, PostgresErrors errors) {
    PostgresWriteSink sink = new PostgresWriteSink(connections, partitions);
    List<GroupWriter<TraceWrite>> writers =
        IntStream.range(0, WRITERS)
            .mapToObj(i ->
                new GroupWriter<TraceWrite>(
                    name + " " + i,
                    sink,
                    failure -> errors.again(failure, connections.limitOfCalls()),
                    TraceWrite::weight,
                    MAX_QUEUED_BYTES))
            .toList();
    return new ShardedWriter<>(writers, Integer.MAX_VALUE, PART_BYTES);
  }

  /**
   * Writes all that is not refused: in one transaction, unless it could touch too many partitions.
   *
   * @throws TraceStoreException if something was not stored; all may be written again
   */
  @Override
  public List<WriteOutcome> write(List<TraceWrite> writes) {
    Map<UUID, List<TraceWrite>> byTrace = new TreeMap<>(Uuids::compare);
    for (TraceWrite write : writes) {
      byTrace.computeIfAbsent(write.traceId(), id -> new ArrayList<>(1)).add(write);
    }
    partitions.makeFor(startHours(writes));
    Map<TraceWrite, TraceStoreException> refusals = new HashMap<>();
    for (Map<UUID, List<TraceWrite>> part : inFewPartitions(byTrace)) {
      refusals.putAll(write(part));
    }
    return writes.stream().map(write -> outcome(refusals.get(write))).toList();
  }

  private static WriteOutcome outcome(@Nullable TraceStoreException refusal) {
    return refusal == null ? WriteOutcome.stored() : WriteOutcome.refused(refusal);
  }

  /** Splits the writes into transactions: one, unless it could touch too many partitions. */
  private List<Map<UUID, List<TraceWrite>>> inFewPartitions(Map<UUID, List<TraceWrite>> byTrace) {
    if (byTrace.size() <= PARTITIONS_AT_ONCE || partitions.known().size() <= PARTITIONS_AT_ONCE) {
      return List.of(byTrace);
    }
    List<Map<UUID, List<TraceWrite>>> parts = new ArrayList<>();
    Map<UUID, List<TraceWrite>> part = new TreeMap<>(Uuids::compare);
    for (Map.Entry<UUID, List<TraceWrite>> trace : byTrace.entrySet()) {
      if (part.size() == PARTITIONS_AT_ONCE) {
        parts.add(part);
        part = new TreeMap<>(Uuids::compare);
      }
      part.put(trace.getKey(), trace.getValue());
    }
    parts.add(part);
    return parts;
  }

  /** Writes in one transaction, and returns the refused writes. */
  private Map<TraceWrite, TraceStoreException> write(Map<UUID, List<TraceWrite>> byTrace) {
    AtomicReference<@Nullable PartitionList> outdated = new AtomicReference<>();
    List<Name> names =
        byTrace.values().stream()
            .flatMap(List::stream)
            .flatMap(write -> write.events().names().stream())
            .distinct()
            .toList();
    return connections.call(connection -> {
      PartitionList existing =
          outdated.get() == null ? partitions.known(connection) : partitions.look(connection);
      try {
        while (true) {
          Attempt attempt =
              Connections.transaction(connection, open -> write(open, byTrace, names, existing));
          if (attempt.done()) {
            return attempt.refusals();
          }
          connection.setAutoCommit(true);
          if (!attempt.missing().isEmpty()) {
            Dictionary.add(connection, attempt.missing());
          }
        }
      } catch (SQLException e) {
        if (PostgresErrors.isWithoutPartition(e)
            && !existing.equals(outdated.getAndSet(existing))) {
          throw new RowVanishedException(); // one was dropped: look again
        }
        throw e;
      }
    });
  }

  /**
   * The outcome of a transaction.
   *
   * @param done whether it wrote
   * @param missing the names that have no number
   * @param refusals the writes of which nothing is stored
   */
  private record Attempt(
      boolean done, List<Name> missing, Map<TraceWrite, TraceStoreException> refusals) {}

  /**
   * Writes nothing if names have no numbers, or other numbers than this process remembers.
   * Remembered numbers are a guess that saves a message: the transaction that uses them first reads
   * the numbers itself.
   */
  private Attempt write(
      Connection connection,
      Map<UUID, List<TraceWrite>> byTrace,
      List<Name> names,
      PartitionList existing)
      throws SQLException {
    Map<Name, Integer> guess = remembered.of(names);
    boolean guessed = guess.size() == names.size();
    List<TracePlan> plans = guessed ? plan(byTrace, guess, existing) : List.of();
    Set<UUID> added = HashSet.newHashSet(plans.size());
    Map<Name, Integer> numbers = begin(connection, names, plans, added);
    remembered.replace(names, numbers);
    if (numbers.size() < names.size() || (guessed && !numbers.equals(guess))) {
      connection.rollback();
      return new Attempt(
          false, names.stream().filter(name -> !numbers.containsKey(name)).toList(), Map.of());
    }
    if (!guessed) {
      plans = plan(byTrace, numbers, existing);
      addTraces(connection, plans, added);
    }
    write(connection, byTrace, plans, added, existing);
    Map<TraceWrite, TraceStoreException> refusals = new HashMap<>();
    plans.forEach(plan -> refusals.putAll(plan.refusals()));
    return new Attempt(true, List.of(), refusals);
  }

  /** Plans the writes as if every trace were new. */
  private static List<TracePlan> plan(
      Map<UUID, List<TraceWrite>> byTrace, Map<Name, Integer> numbers, PartitionList existing) {
    List<TracePlan> plans = new ArrayList<>(byTrace.size());
    for (List<TraceWrite> writes : byTrace.values()) {
      writes.forEach(write -> write.events().number(numbers));
      plans.add(TracePlan.of(writes, null, existing::homeOf));
    }
    return plans;
  }

  /**
   * Begins the transaction, reads the numbers of {@code names}, and adds the traces of {@code
   * plans} in the same message, if there are any.
   */
  private Map<Name, Integer> begin(
      Connection connection, List<Name> names, List<TracePlan> plans, Set<UUID> added)
      throws SQLException {
    String sql = plans.isEmpty() ? begin : begin + "; " + ADD_TRACES;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Dictionary.bind(connection, statement, 1, names);
      if (!plans.isEmpty()) {
        TraceColumns.of(plans).bind(connection, statement, 1 + Dictionary.PARAMETERS);
      }
      statement.execute(); // whose first result is a count, the second the row of the settings
      statement.getMoreResults();
      statement.getMoreResults();
      Map<Name, Integer> numbers = Dictionary.read(statement.getResultSet(), names);
      if (!plans.isEmpty()) {
        statement.getMoreResults();
        readAdded(statement.getResultSet(), added);
      }
      return numbers;
    }
  }

  private static void addTraces(Connection connection, List<TracePlan> plans, Set<UUID> added)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(ADD_TRACES)) {
      TraceColumns.of(plans).bind(connection, statement, 1);
      readAdded(statement.executeQuery(), added);
    }
  }

  /** Adds the ids of the traces that were not there. */
  private static void readAdded(ResultSet rows, Set<UUID> added) throws SQLException {
    while (rows.next()) {
      added.add(rows.getObject(1, UUID.class));
    }
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

  private void write(
      Connection connection,
      Map<UUID, List<TraceWrite>> byTrace,
      List<TracePlan> plans,
      Set<UUID> added,
      PartitionList existing)
      throws SQLException {
    Set<UUID> recount = new HashSet<>();
    if (added.size() < plans.size()) {
      List<TracePlan> changes = lockAndPlan(connection, byTrace, added, existing);
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
    List<TracePlan> recounted =
        plans.stream().filter(plan -> recount.contains(plan.traceId())).toList();
    recountFacets(
        connection,
        recounted.stream().map(TracePlan::traceId).toList(),
        recounted.stream().map(TracePlan::startHour).collect(Collectors.toSet()));
  }

  private List<TracePlan> lockAndPlan(
      Connection connection,
      Map<UUID, List<TraceWrite>> byTrace,
      Set<UUID> added,
      PartitionList existing)
      throws SQLException {
    UUID[] ids = byTrace.keySet().stream().filter(id -> !added.contains(id)).toArray(UUID[]::new);
    Map<UUID, StoredTrace> stored = lock(connection, ids);
    if (stored.size() < ids.length) {
      throw new RowVanishedException();
    }
    moveHome(connection, stored, existing);
    List<TracePlan> plans = new ArrayList<>(ids.length);
    for (UUID id : ids) {
      plans.add(
          TracePlan.of(byTrace.getOrDefault(id, List.of()), stored.get(id), existing::homeOf));
    }
    return plans;
  }

  /**
   * Makes sure that the events of stored traces have a partition; one that was detached is missing.
   * Only partitions seen after the rows were locked count: another process may have made a
   * partition since.
   */
  private void moveHome(
      Connection connection, Map<UUID, StoredTrace> stored, PartitionList existing)
      throws SQLException {
    if (stored.values().stream().allMatch(trace -> hasPlace(trace, existing))) {
      return;
    }
    PartitionList now = partitions.look(connection);
    List<UUID> homeless =
        stored.entrySet().stream()
            .filter(trace -> !hasPlace(trace.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    if (!homeless.isEmpty()) {
      try (PreparedStatement statement = connection.prepareStatement(SET_HOME)) {
        statement.setInt(1, Hours.UNPARTITIONED);
        statement.setArray(2, connection.createArrayOf("uuid", homeless.toArray()));
        statement.executeUpdate();
      }
      homeless.forEach(
          id -> stored.computeIfPresent(id, (same, trace) -> trace.at(Hours.UNPARTITIONED)));
    }
  }

  private static boolean hasPlace(StoredTrace trace, PartitionList existing) {
    return trace.startHour() <= Hours.UNPARTITIONED || existing.contains(trace.startHour());
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
    if (plans.isEmpty()) {
      return;
    }
    List<TracePlan> targets = new ArrayList<>();
    int[] removed;
    try (Statement statement = connection.createStatement()) {
      for (TracePlan plan : plans) {
        for (boolean ordered : new boolean[] {true, false}) {
          List<UUID> ids =
              plan.perhapsStoredIds().stream()
                  .filter(id -> (id.version() == ORDERED_VERSION) == ordered)
                  .toList();
          if (!ids.isEmpty()) {
            statement.addBatch(removeEvents(plan, ids, ordered));
            targets.add(plan);
          }
        }
      }
      removed = statement.executeBatch();
    }
    for (int i = 0; i < removed.length; i++) {
      if (removed[i] != 0) {
        recount.add(targets.get(i).traceId());
      }
    }
  }

  /** With constants only the trace's own partition is locked. */
  private static String removeEvents(TracePlan plan, List<UUID> ids, boolean ordered) {
    return "DELETE FROM SCHEMA.events WHERE trace_id = '%s' AND start_hour = %s AND event_id = ANY ('{%s}')%s"
        .formatted(
            plan.traceId(),
            Hours.anyOf(List.of(plan.startHour())),
            ids.stream().map(UUID::toString).collect(Collectors.joining(",")),
            ordered ? "" : WITH_RANDOM_ID);
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
          statement.setInt(4, plan.startHour());
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

  private static Array intArray(Connection connection, int[] values) throws SQLException {
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

  /**
   * Recomputes the actors and types of the events of {@code traces}.
   *
   * @param hours where their events are
   */
  static void recountFacets(
      Connection connection, Collection<UUID> traces, Collection<Integer> hours)
      throws SQLException {
    if (traces.isEmpty()) {
      return;
    }
    String sql = RECOUNT_FACETS + Hours.anyOf(hours) + NOTE_OTHERS;
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      Array ids = connection.createArrayOf("uuid", traces.toArray());
      statement.setArray(1, ids);
      statement.setArray(2, ids);
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
