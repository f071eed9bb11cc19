package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.sql.SqlTemplates.hours;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.ids;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.values;

import io.tracestore.model.Uuids;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.connect.Connections.RowVanishedException;
import io.tracestore.provider.postgresql.connect.PostgresErrors;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.schema.StatusCode;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.write.GroupWriter;
import io.tracestore.provider.support.write.ShardedWriter;
import io.tracestore.provider.support.write.WriteOutcome;
import io.tracestore.provider.support.write.WriteSink;
import io.tracestore.spi.TraceStoreException;
import java.sql.Array;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes many traces in one transaction.
 *
 * <p>New traces, the common case, cost one {@code INSERT ... ON CONFLICT DO NOTHING RETURNING} of
 * their rows, which returns the new ones, and one {@code COPY} of their events, or for few events
 * another {@code INSERT} in the same message. Existing rows are locked, in one order everywhere,
 * and only for them the stored state is read.
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
   * How many bytes of events go by an INSERT: those of one trace or a few. COPY takes the server
   * less time for each event, and waits for it once more.
   */
  private static final long FEW_BYTES = 16L << 10;

  /**
   * The largest number of partitions that a transaction touches: each takes several places in the
   * lock table.
   */
  private static final int PARTITIONS_AT_ONCE = 4 * PartitionList.AT_ONCE;

  private final Connections connections;
  private final Partitions partitions;
  private final Rendered begin;
  private final Rendered beginAndAdd;
  private final Rendered beginAndAddWithEvents;
  private final Rendered beginAddAndLock;
  private final RememberedNumbers remembered = new RememberedNumbers();

  /** The list of keys of attributes that readers have to know, as a name. */
  private final Name indexedKeys;

  PostgresWriteSink(Connections connections, Partitions partitions, DataTerms terms) {
    this.connections = connections;
    this.partitions = partitions;
    indexedKeys = new Name(Name.Kind.INDEXED_KEYS, terms.list());
    int seconds = connections.limitOfCalls().seconds();
    begin = WriteStatements.begin(seconds);
    beginAndAdd = WriteStatements.beginAndAddTraces(seconds);
    beginAndAddWithEvents = WriteStatements.beginAndAddTracesWithEvents(seconds);
    beginAddAndLock = WriteStatements.beginAddAndLockTraces(seconds);
  }

  /**
   * Makes the writers of a store, whose engine is a sink like this.
   *
   * @param name the name of the store in errors
   * @param terms those by which traces are found
   */
  public static ShardedWriter<TraceWrite> writers(
      String name,
      Connections connections,
      Partitions partitions,
      PostgresErrors errors,
      DataTerms terms) {
    PostgresWriteSink sink = new PostgresWriteSink(connections, partitions, terms);
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
        Stream.concat(
                Stream.of(indexedKeys),
                byTrace.values().stream()
                    .flatMap(List::stream)
                    .flatMap(write -> write.events().names().stream()))
            .distinct()
            .toList();
    return connections.call(session -> {
      PartitionList existing =
          outdated.get() == null ? partitions.known(session) : partitions.look(session);
      try {
        while (true) {
          Attempt attempt =
              Connections.transaction(session, open -> write(open, byTrace, names, existing));
          if (attempt.done()) {
            return attempt.refusals();
          }
          session.connection().setAutoCommit(true);
          if (!attempt.missing().isEmpty()) {
            Dictionary.add(session, attempt.missing());
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
      Session session,
      Map<UUID, List<TraceWrite>> byTrace,
      List<Name> names,
      PartitionList existing)
      throws SQLException {
    Map<Name, Integer> guess = remembered.of(names);
    boolean guessed = guess.size() == names.size();
    List<TracePlan> plans = guessed ? plan(byTrace, guess, existing) : List.of();
    Beginning beginning = begin(session, names, plans);
    Map<Name, Integer> numbers = beginning.numbers();
    remembered.replace(names, numbers);
    if (numbers.size() < names.size() || (guessed && !numbers.equals(guess))) {
      session.connection().rollback();
      return new Attempt(
          false, names.stream().filter(name -> !numbers.containsKey(name)).toList(), Map.of());
    }
    if (!guessed) {
      plans = plan(byTrace, numbers, existing);
      addTraces(session, plans, beginning.added());
    }
    write(session, byTrace, plans, beginning, existing);
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

  private static boolean hasFewEvents(List<TracePlan> plans) {
    long bytes = eventBytes(plans);
    return bytes > 0 && bytes <= FEW_BYTES;
  }

  private static long eventBytes(List<TracePlan> plans) {
    return plans.stream().mapToLong(TracePlan::eventBytes).sum();
  }

  /**
   * The outcome of the message that begins a transaction.
   *
   * @param numbers those that the names have
   * @param added the traces that were not there
   * @param withEvents those of them whose events were added too
   * @param locked the state of traces that are locked, perhaps of added ones too
   */
  private record Beginning(
      Map<Name, Integer> numbers,
      Set<UUID> added,
      Set<UUID> withEvents,
      Map<UUID, StoredTrace> locked) {}

  /**
   * Begins the transaction, reads the numbers of {@code names}, and adds the traces of {@code
   * plans} in the same message, if there are any.
   */
  private Beginning begin(Session session, List<Name> names, List<TracePlan> plans)
      throws SQLException {
    Rendered message = beginning(plans);
    int parameter = 1;
    try (PreparedStatement statement = session.prepare(message)) {
      Dictionary.bind(session, statement, parameter, names);
      parameter += Dictionary.PARAMETERS;
      if (message != begin) {
        TraceColumns.of(plans).bind(session, statement, parameter);
        parameter += TraceColumns.PARAMETERS;
      }
      if (message == beginAndAddWithEvents) {
        EventColumns events = new EventColumns();
        writeEvents(plans, events);
        events.bind(session, statement, parameter);
      } else if (message == beginAddAndLock) {
        statement.setArray(
            parameter,
            session.array("uuid", plans.stream().map(TracePlan::traceId).toArray(UUID[]::new)));
      }
      statement.execute(); // whose first result is a count, the second the row of the settings
      statement.getMoreResults();
      Map<Name, Integer> numbers = Dictionary.read(next(statement), names);
      Set<UUID> added = HashSet.newHashSet(plans.size());
      if (message != begin) {
        readAdded(next(statement), added);
      }
      return new Beginning(
          numbers,
          added,
          message == beginAndAddWithEvents ? added : Set.of(),
          message == beginAddAndLock ? readStored(next(statement)) : Map.of());
    }
  }

  private Rendered beginning(List<TracePlan> plans) {
    if (plans.isEmpty()) {
      return begin;
    }
    if (plans.stream().anyMatch(plan -> plan.newHeader() == null)) {
      return beginAddAndLock; // events alone are as a rule of traces that are there
    }
    return hasFewEvents(plans) ? beginAndAddWithEvents : beginAndAdd;
  }

  private static ResultSet next(PreparedStatement statement) throws SQLException {
    statement.getMoreResults();
    return statement.getResultSet();
  }

  private static void addTraces(Session session, List<TracePlan> plans, Set<UUID> added)
      throws SQLException {
    try (PreparedStatement statement = session.prepare(WriteStatements.ADD_TRACES)) {
      TraceColumns.of(plans).bind(session, statement, 1);
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
      Session session,
      Map<UUID, List<TraceWrite>> byTrace,
      List<TracePlan> plans,
      Beginning beginning,
      PartitionList existing)
      throws SQLException {
    Set<UUID> recount = new HashSet<>();
    if (beginning.added().size() < plans.size()) {
      List<TracePlan> changes = lockAndPlan(session, byTrace, beginning, existing);
      change(session, changes, recount);
      Map<UUID, TracePlan> changed =
          changes.stream().collect(Collectors.toMap(TracePlan::traceId, plan -> plan));
      plans.replaceAll(plan -> changed.getOrDefault(plan.traceId(), plan));
    }
    addEvents(session, filter(plans, plan -> !beginning.withEvents().contains(plan.traceId())));
    plans.stream()
        .filter(TracePlan::replacesOwnEvents)
        .map(TracePlan::traceId)
        .forEach(recount::add);
    List<TracePlan> recounted =
        plans.stream().filter(plan -> recount.contains(plan.traceId())).toList();
    recountFacets(
        session,
        recounted.stream().map(TracePlan::traceId).toList(),
        recounted.stream().map(TracePlan::startHour).collect(Collectors.toSet()));
  }

  private List<TracePlan> lockAndPlan(
      Session session,
      Map<UUID, List<TraceWrite>> byTrace,
      Beginning beginning,
      PartitionList existing)
      throws SQLException {
    List<UUID> ids =
        byTrace.keySet().stream().filter(id -> !beginning.added().contains(id)).toList();
    Map<UUID, StoredTrace> stored = new HashMap<>(beginning.locked());
    stored.keySet().retainAll(Set.copyOf(ids));
    if (stored.size() < ids.size()) {
      stored = lock(session, ids);
    }
    if (stored.size() < ids.size()) {
      throw new RowVanishedException();
    }
    moveHome(session, stored, existing);
    List<TracePlan> plans = new ArrayList<>(ids.size());
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
  private void moveHome(Session session, Map<UUID, StoredTrace> stored, PartitionList existing)
      throws SQLException {
    if (stored.values().stream().allMatch(trace -> hasPlace(trace, existing))) {
      return;
    }
    PartitionList now = partitions.look(session);
    List<UUID> homeless =
        stored.entrySet().stream()
            .filter(trace -> !hasPlace(trace.getValue(), now))
            .map(Map.Entry::getKey)
            .toList();
    if (!homeless.isEmpty()) {
      try (PreparedStatement statement = session.prepare(WriteStatements.SET_HOME)) {
        statement.setInt(1, Hours.UNPARTITIONED);
        statement.setArray(2, session.array("uuid", homeless.toArray()));
        statement.executeUpdate();
      }
      homeless.forEach(
          id -> stored.computeIfPresent(id, (same, trace) -> trace.at(Hours.UNPARTITIONED)));
    }
  }

  private static boolean hasPlace(StoredTrace trace, PartitionList existing) {
    return trace.startHour() <= Hours.UNPARTITIONED || existing.contains(trace.startHour());
  }

  private static Map<UUID, StoredTrace> lock(Session session, List<UUID> ids) throws SQLException {
    try (PreparedStatement statement = session.prepare(WriteStatements.LOCK_TRACES)) {
      statement.setArray(1, session.array("uuid", ids.toArray(UUID[]::new)));
      return readStored(statement.executeQuery());
    }
  }

  private static Map<UUID, StoredTrace> readStored(ResultSet row) throws SQLException {
    Map<UUID, StoredTrace> stored = new HashMap<>();
    while (row.next()) {
      stored.put(row.getObject(1, UUID.class), storedTrace(row));
    }
    return stored;
  }

  private static StoredTrace storedTrace(ResultSet row) throws SQLException {
    Integer[] facets = (Integer[]) row.getArray(7).getArray();
    Long[] terms = (Long[]) row.getArray(9).getArray();
    return new StoredTrace(
        identity(row),
        row.getInt(2),
        Arrays.stream(facets).mapToInt(Integer::intValue).toArray(),
        Arrays.stream(terms).mapToLong(Long::longValue).toArray(),
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

  private static void change(Session session, List<TracePlan> plans, Set<UUID> recount)
      throws SQLException {
    moveEarlyEvents(session, filter(plans, TracePlan::movesEvents));
    removeReplaced(session, filter(plans, TracePlan::mayReplaceEvents), recount);
    setHeaders(session, filter(plans, plan -> plan.newHeader() != null));
    setEvents(session, filter(plans, plan -> plan.newHeader() == null && plan.changesWithEvents()));
  }

  private static List<TracePlan> filter(List<TracePlan> plans, Predicate<TracePlan> wanted) {
    return plans.stream().filter(wanted).toList();
  }

  private static void moveEarlyEvents(Session session, List<TracePlan> plans) throws SQLException {
    executeForEach(
        session,
        WriteStatements.MOVE_EARLY_EVENTS,
        plans,
        (statement, plan) -> {
          statement.setInt(1, plan.startHour());
          statement.setObject(2, plan.traceId());
        });
  }

  private static void removeReplaced(Session session, List<TracePlan> plans, Set<UUID> recount)
      throws SQLException {
    if (plans.isEmpty()) {
      return;
    }
    List<TracePlan> targets = new ArrayList<>();
    int[] removed;
    try (Statement statement = session.batch()) {
      for (TracePlan plan : plans) {
        for (boolean ordered : new boolean[] {true, false}) {
          List<UUID> ids =
              plan.perhapsStoredIds().stream()
                  .filter(id -> (id.version() == WriteStatements.ORDERED_VERSION) == ordered)
                  .toList();
          if (!ids.isEmpty()) {
            statement.addBatch(removeEvents(session, plan, ids, ordered));
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
  private static String removeEvents(
      Session session, TracePlan plan, List<UUID> ids, boolean ordered) {
    return session.text(
        ordered ? WriteStatements.REMOVE_EVENTS : WriteStatements.REMOVE_RANDOM_EVENTS,
        hours(List.of(plan.startHour())),
        ids(List.of(plan.traceId())),
        ids(ids));
  }

  private static void setHeaders(Session session, List<TracePlan> plans) throws SQLException {
    executeForEach(
        session,
        WriteStatements.SET_HEADER,
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
          statement.setArray(9, intArray(session, plan.facets()));
          statement.setObject(10, plan.lastEventId(), Types.OTHER);
          statement.setArray(11, longArray(session, plan.terms()));
          statement.setObject(12, plan.traceId());
        });
  }

  private static void setEvents(Session session, List<TracePlan> plans) throws SQLException {
    executeForEach(
        session,
        WriteStatements.SET_EVENTS,
        plans,
        (statement, plan) -> {
          statement.setArray(1, intArray(session, plan.facets()));
          statement.setObject(2, plan.lastEventId(), Types.OTHER);
          statement.setArray(3, longArray(session, plan.terms()));
          statement.setObject(4, plan.traceId());
        });
  }

  private static Array intArray(Session session, int[] values) throws SQLException {
    return session.connection().unwrap(PGConnection.class).createArrayOf("int4", values);
  }

  private static Array longArray(Session session, long[] values) throws SQLException {
    return session.connection().unwrap(PGConnection.class).createArrayOf("int8", values);
  }

  private static void addEvents(Session session, List<TracePlan> plans) throws SQLException {
    long bytes = eventBytes(plans);
    if (bytes == 0) {
      return;
    }
    if (bytes <= FEW_BYTES) {
      EventColumns events = new EventColumns();
      writeEvents(plans, events);
      try (PreparedStatement statement = session.prepare(WriteStatements.ADD_EVENTS)) {
        events.bind(session, statement, 1);
        statement.executeUpdate();
      }
      return;
    }
    try (CopyRows rows = EncodedEvents.begin(session, bytes)) {
      writeEvents(plans, rows);
      rows.finish();
    }
  }

  private static void writeEvents(List<TracePlan> plans, EventRows target) throws SQLException {
    for (TracePlan plan : plans) {
      if (plan.hasEvents()) {
        plan.writeEvents(target);
      }
    }
  }

  /**
   * Recomputes the actors and types of the events of {@code traces}.
   *
   * @param hours where their events are
   */
  static void recountFacets(Session session, Collection<UUID> traces, Collection<Integer> hours)
      throws SQLException {
    if (traces.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        session.prepare(WriteStatements.RECOUNT_FACETS, hours(hours))) {
      Array ids = session.array("uuid", traces.toArray());
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
      Session session, Rendered sql, List<TracePlan> plans, Parameters parameters)
      throws SQLException {
    if (plans.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = session.prepare(sql)) {
      for (TracePlan plan : plans) {
        parameters.set(statement, plan);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }
}
