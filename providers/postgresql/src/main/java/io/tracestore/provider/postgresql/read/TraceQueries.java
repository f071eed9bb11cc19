package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.spi.TraceQuery;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jooq.Field;
import org.jooq.Record3;
import org.jooq.ResultQuery;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Finds and counts traces. A query's result is of one moment: the traces are found first, then
 * their events are read from the partitions that they name.
 */
public final class TraceQueries {
  /** The estimated size in memory at which a chunk ends, after the trace that reaches it. */
  private static final int CHUNK_BYTES = 2 << 20;

  /** How many rows of a chunk the driver asks for, and holds, at once. */
  private static final int FETCHED_ROWS = 500;

  private static final String SIZES =
      "SELECT trace_id, sum("
          + DecodedSize.of("body")
          + ") FROM SCHEMA.events WHERE trace_id = ANY (?) AND start_hour = %s GROUP BY trace_id";

  private static final String EVENTS =
      "SELECT trace_id, body FROM SCHEMA.events WHERE trace_id = ANY (?) AND start_hour = %s";

  private final Connections connections;
  private final Partitions partitions;

  public TraceQueries(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
  }

  public List<FlowTrace> page(TraceQuery query, int limit) {
    if (!query.withEvents()) {
      return connections.inSnapshot(connection -> read(headers(connection, query, limit)));
    }
    PartitionList existing = partitions.known();
    return connections.inSnapshot(connection -> {
      List<Row> rows = headers(connection, query, limit);
      Map<UUID, List<TraceEvent>> events = new HashMap<>();
      eventsOf(connection, rows, existing, events);
      return withEvents(rows, events);
    });
  }

  public long count(TraceQuery query) {
    return connections.inSnapshot(connection ->
        Statements.list(
                connection,
                Statements.SQL
                    .select(DSL.count())
                    .from(TRACES)
                    .where(PostgresQueryPlan.of(connection, query, false)),
                row -> row.getLong(1))
            .getFirst());
  }

  /** The first traces of {@code query}, at most {@code limit}, as far as one chunk holds them. */
  public TraceChunk chunk(TraceQuery query, int limit) {
    PartitionList existing = partitions.known();
    return connections.inSnapshot(connection -> {
      List<Row> found = sizes(connection, query, limit);
      Map<UUID, Long> sizes = new HashMap<>();
      if (query.withEvents()) {
        sizesOf(connection, found, existing, sizes);
      }
      List<Row> some = beginning(found, sizes);
      List<Row> rows = headersOf(connection, some);
      Map<UUID, List<TraceEvent>> events = new HashMap<>();
      if (query.withEvents()) {
        eventsOf(connection, rows, existing, events);
      }
      return new TraceChunk(
          withEvents(rows, events), found.size() < limit && some.size() == found.size());
    });
  }

  /**
   * The statement that finds a page of {@code query}, with its values in it, to look at its plan.
   */
  public static String statement(Connection connection, TraceQuery query) throws SQLException {
    return page(connection, query, query.limitOrDefault()).getSQL(ParamType.INLINED);
  }

  /** The statement that reads the events of traces, which are its parameter. */
  public static String eventsStatement(Collection<Integer> hours) {
    return EVENTS.formatted(Hours.anyOf(hours));
  }

  /**
   * A row of {@code traces}.
   *
   * @param size the length of its body in memory, or as it is stored if the body was read
   * @param body null if only its size was asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Row(UUID traceId, int startHour, long size, byte @Nullable [] body) {}

  private static List<Row> headers(Connection connection, TraceQuery query, int limit)
      throws SQLException {
    return Statements.list(
        connection,
        page(connection, query, limit),
        row -> {
          byte[] body = row.getBytes(3);
          return new Row(row.getObject(1, UUID.class), row.getInt(2), body.length, body);
        });
  }

  /** Lengths alone, for which no long value is read. */
  private static List<Row> sizes(Connection connection, TraceQuery query, int limit)
      throws SQLException {
    return Statements.list(
        connection,
        page(connection, query, limit, DSL.field(DecodedSize.of("{0}"), Long.class, TRACES.BODY)),
        row -> new Row(row.getObject(1, UUID.class), row.getInt(2), row.getLong(3), null));
  }

  private static void sizesOf(
      Connection connection, List<Row> rows, PartitionList existing, Map<UUID, Long> sizes)
      throws SQLException {
    forEachEvent(
        connection,
        SIZES,
        rows,
        existing,
        row -> sizes.put(row.getObject(1, UUID.class), row.getLong(2)));
  }

  private static void eventsOf(
      Connection connection,
      List<Row> rows,
      PartitionList existing,
      Map<UUID, List<TraceEvent>> events)
      throws SQLException {
    forEachEvent(
        connection,
        EVENTS,
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
      Connection connection, String sql, List<Row> traces, PartitionList existing, RowReader reader)
      throws SQLException {
    Map<Integer, List<UUID>> byHour =
        traces.stream()
            .collect(
                Collectors.groupingBy(
                    Row::startHour, Collectors.mapping(Row::traceId, Collectors.toList())));
    List<List<Integer>> groups = existing.groups(byHour.keySet());
    for (List<Integer> hours : groups) {
      Savepoint before = groups.size() == 1 ? null : connection.setSavepoint();
      UUID[] ids =
          hours.stream()
              .flatMap(hour -> byHour.getOrDefault(hour, List.of()).stream())
              .toArray(UUID[]::new);
      try (PreparedStatement statement =
          connection.prepareStatement(sql.formatted(Hours.anyOf(hours)))) {
        statement.setFetchSize(FETCHED_ROWS);
        statement.setArray(1, connection.createArrayOf("uuid", ids));
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            reader.read(rows);
          }
        }
      }
      if (before != null) {
        connection.rollback(before);
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

  private static List<Row> headersOf(Connection connection, List<Row> found) throws SQLException {
    if (found.isEmpty()) {
      return found;
    }
    Map<UUID, byte[]> bodies = new HashMap<>();
    Statements.forEach(
        connection,
        Statements.SQL
            .select(TRACES.TRACE_ID, TRACES.BODY)
            .from(TRACES)
            .where(
                DSL.condition(
                    "{0} = ANY ({1})",
                    TRACES.TRACE_ID,
                    DSL.val(found.stream().map(Row::traceId).toArray(UUID[]::new)))),
        0,
        row -> bodies.put(row.getObject(1, UUID.class), row.getBytes(2)));
    return found.stream()
        .map(row -> new Row(row.traceId, row.startHour, row.size, bodies.get(row.traceId)))
        .toList();
  }

  private static ResultQuery<Record3<UUID, Integer, byte[]>> page(
      Connection connection, TraceQuery query, int limit) throws SQLException {
    return page(connection, query, limit, TRACES.BODY);
  }

  /** The rows of a page, in order, and {@code last} of each of them. */
  private static <T> ResultQuery<Record3<UUID, Integer, T>> page(
      Connection connection, TraceQuery query, int limit, Field<T> last) throws SQLException {
    return Statements.SQL
        .select(TRACES.TRACE_ID, TRACES.START_HOUR, last)
        .from(TRACES)
        .where(PostgresQueryPlan.of(connection, query, true))
        .orderBy(TRACES.START_NS.desc(), TRACES.TRACE_ID)
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
