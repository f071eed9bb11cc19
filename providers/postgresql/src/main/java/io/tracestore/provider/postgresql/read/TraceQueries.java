package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.read.PostgresQueryPlan.T;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.explain;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.filledIn;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hours;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.spi.TraceQuery;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record3;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Finds and counts traces. A query's result is of one moment: the traces are found first, then
 * their events are read from the partitions that they name.
 */
public final class TraceQueries {
  /** The estimated size in memory at which a chunk ends, after the trace that reaches it. */
  private static final int CHUNK_BYTES = 4 << 20;

  /** The memory of an event beside its encoded form. */
  private static final int EVENT_BYTES = 400;

  /** How many rows of a chunk the driver asks for, and holds, at once. */
  private static final int FETCHED_ROWS = 500;

  private static final Pattern INDEX = Pattern.compile("traces_by_[a-z]+");

  private static final Events E = EVENTS.as("e");
  private static final DataType<UUID[]> IDS = E.TRACE_ID.getDataType().array();

  private static final Rendered SIZES =
      Rendered.of(
          select(E.TRACE_ID, sum(DecodedSize.of(E.BODY).plus(constant(EVENT_BYTES))))
              .from(E)
              .where(E.TRACE_ID.eq(any(param(IDS))))
              .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
              .groupBy(E.TRACE_ID));

  private static final Rendered EVENTS_OF_TRACES =
      Rendered.of(
          select(E.TRACE_ID, E.BODY)
              .from(E)
              .where(E.TRACE_ID.eq(any(param(IDS))))
              .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR))));

  private static final Rendered BODIES =
      Rendered.of(select(T.TRACE_ID, T.BODY).from(T).where(T.TRACE_ID.eq(any(param(IDS)))));

  private final Connections connections;
  private final Partitions partitions;

  public TraceQueries(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
  }

  public List<FlowTrace> page(TraceQuery query, int limit) {
    if (!query.withEvents()) {
      return connections.inSnapshot(session -> read(headers(session, query, limit)));
    }
    PartitionList existing = partitions.known();
    return connections.inSnapshot(session -> {
      List<Row> rows = headers(session, query, limit);
      Map<UUID, List<TraceEvent>> events = new HashMap<>();
      eventsOf(session, rows, existing, events);
      return withEvents(rows, events);
    });
  }

  public long count(TraceQuery query) {
    return connections.inSnapshot(session ->
        session
            .list(
                select(DSL.count()).from(T).where(PostgresQueryPlan.of(session, query, false)),
                row -> row.getLong(1))
            .getFirst());
  }

  /** The first traces of {@code query}, at most {@code limit}, as far as one chunk holds them. */
  public TraceChunk chunk(TraceQuery query, int limit) {
    PartitionList existing = partitions.known();
    return connections.inSnapshot(session -> {
      List<Row> found = sizes(session, query, limit);
      Map<UUID, Long> sizes = new HashMap<>();
      if (query.withEvents()) {
        sizesOf(session, found, existing, sizes);
      }
      List<Row> some = beginning(found, sizes);
      List<Row> rows = headersOf(session, some);
      Map<UUID, List<TraceEvent>> events = new HashMap<>();
      if (query.withEvents()) {
        eventsOf(session, notLarger(rows, sizes, query.maxEventBytes()), existing, events);
      }
      return new TraceChunk(
          withEvents(rows, events), found.size() < limit && some.size() == found.size());
    });
  }

  /** The indexes of {@code traces} that the planner chooses for a page; start if it reads all. */
  public String leading(TraceQuery query) {
    return connections.inSnapshot(session -> {
      Set<String> indexes = new LinkedHashSet<>();
      String explain =
          session.renderer().withValues(explain(page(session, query, query.limitOrDefault())));
      try (Statement statement = session.batch();
          ResultSet plan = statement.executeQuery(explain)) {
        while (plan.next()) {
          Matcher index = INDEX.matcher(plan.getString(1));
          while (index.find()) {
            indexes.add(index.group());
          }
        }
      }
      return indexes.isEmpty() ? "all of traces" : String.join(", ", indexes);
    });
  }

  /**
   * The statement that finds a page of {@code query}, with its values in it, to look at its plan.
   */
  static String statement(Session session, TraceQuery query) throws SQLException {
    return session.renderer().withValues(page(session, query, query.limitOrDefault()));
  }

  /** The statement that reads the events of traces, which are its parameter. */
  static String eventsStatement(Session session, Collection<Integer> hours) {
    return session.text(EVENTS_OF_TRACES, hours(hours));
  }

  /**
   * A row of {@code traces}.
   *
   * @param size the length of its body in memory, or as it is stored if the body was read
   * @param body null if only its size was asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(UUID traceId, int startHour, long size, byte @Nullable [] body) {}

  private static List<Row> headers(Session session, TraceQuery query, int limit)
      throws SQLException {
    return session.list(
        page(session, query, limit),
        row -> {
          byte[] body = row.getBytes(3);
          return new Row(row.getObject(1, UUID.class), row.getInt(2), body.length, body);
        });
  }

  /** Lengths alone, for which no long value is read. */
  private static List<Row> sizes(Session session, TraceQuery query, int limit) throws SQLException {
    return session.list(
        page(session, query, limit, DecodedSize.of(T.BODY)),
        row -> new Row(row.getObject(1, UUID.class), row.getInt(2), row.getLong(3), null));
  }

  private static void sizesOf(
      Session session, List<Row> rows, PartitionList existing, Map<UUID, Long> sizes)
      throws SQLException {
    forEachEvent(
        session,
        SIZES,
        rows,
        existing,
        row -> sizes.put(row.getObject(1, UUID.class), row.getLong(2)));
  }

  private static void eventsOf(
      Session session, List<Row> rows, PartitionList existing, Map<UUID, List<TraceEvent>> events)
      throws SQLException {
    forEachEvent(
        session,
        EVENTS_OF_TRACES,
        rows,
        existing,
        row ->
            events
                .computeIfAbsent(row.getObject(1, UUID.class), id -> new ArrayList<>())
                .add(TraceBinary.decodeEvent(row.getBytes(2))));
  }

  @FunctionalInterface
  private interface RowReader {
    void read(ResultSet row) throws SQLException;
  }

  /**
   * Reads something of the events of {@code traces}, from a few partitions at once. The server
   * gives locks back before the end of a transaction only when a part of it is rolled back.
   */
  private static void forEachEvent(
      Session session, Rendered sql, List<Row> traces, PartitionList existing, RowReader reader)
      throws SQLException {
    Map<Integer, List<UUID>> byHour =
        traces.stream()
            .collect(
                Collectors.groupingBy(
                    Row::startHour, Collectors.mapping(Row::traceId, Collectors.toList())));
    List<List<Integer>> groups = existing.groups(byHour.keySet());
    for (List<Integer> hours : groups) {
      Savepoint before = groups.size() == 1 ? null : session.connection().setSavepoint();
      UUID[] ids =
          hours.stream()
              .flatMap(hour -> byHour.getOrDefault(hour, List.of()).stream())
              .toArray(UUID[]::new);
      try (PreparedStatement statement = session.prepare(sql, hours(hours))) {
        statement.setFetchSize(FETCHED_ROWS);
        statement.setArray(1, session.array("uuid", ids));
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
      if (before != null) {
        session.connection().rollback(before);
      }
    }
  }

  /** The traces that begin within the bytes of a chunk. */
  private static List<Row> beginning(List<Row> found, Map<UUID, Long> sizes) {
    long bytes = 0;
    for (int i = 0; i < found.size(); i++) {
      if (bytes >= CHUNK_BYTES) {
        return found.subList(0, i);
      }
      bytes += found.get(i).size + sizes.getOrDefault(found.get(i).traceId, 0L);
    }
    return found;
  }

  /** Those whose events do not take more than {@code most} bytes. */
  private static List<Row> notLarger(List<Row> rows, Map<UUID, Long> sizes, @Nullable Long most) {
    return most == null
        ? rows
        : rows.stream().filter(row -> sizes.getOrDefault(row.traceId, 0L) <= most).toList();
  }

  private static List<Row> headersOf(Session session, List<Row> found) throws SQLException {
    if (found.isEmpty()) {
      return found;
    }
    Map<UUID, byte[]> bodies = new HashMap<>();
    try (PreparedStatement statement = session.prepare(BODIES)) {
      statement.setArray(1, session.array("uuid", found.stream().map(Row::traceId).toArray()));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          bodies.put(rows.getObject(1, UUID.class), rows.getBytes(2));
        }
      }
    }
    return found.stream()
        .map(row -> new Row(row.traceId, row.startHour, row.size, bodies.get(row.traceId)))
        .toList();
  }

  private static Select<Record3<UUID, Integer, byte[]>> page(
      Session session, TraceQuery query, int limit) throws SQLException {
    return page(session, query, limit, T.BODY);
  }

  /** The rows of a page, in order, and {@code last} of each of them. */
  private static <V> Select<Record3<UUID, Integer, V>> page(
      Session session, TraceQuery query, int limit, Field<V> last) throws SQLException {
    return select(T.TRACE_ID, T.START_HOUR, last)
        .from(T)
        .where(PostgresQueryPlan.of(session, query, true))
        .orderBy(T.START_NS.desc(), T.TRACE_ID)
        .limit(limit)
        .offset(query.offset());
  }

  private static List<FlowTrace> read(List<Row> rows) {
    return withEvents(rows, Map.of());
  }

  private static List<FlowTrace> withEvents(List<Row> rows, Map<UUID, List<TraceEvent>> events) {
    List<FlowTrace> traces = new ArrayList<>(rows.size());
    for (Row row : rows) {
      byte @Nullable [] body = row.body;
      if (body == null) {
        throw new IllegalStateException("trace " + row.traceId + " has no header");
      }
      FlowTrace header = TraceBinary.decodeHeader(body);
      List<TraceEvent> own = events.get(row.traceId);
      traces.add(own == null ? header : header.withEvents(own));
    }
    return traces;
  }
}
