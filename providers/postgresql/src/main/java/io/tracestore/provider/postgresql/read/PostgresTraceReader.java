package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.filledIn;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hours;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.isAnyId;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.cast;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.selectOne;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.schema.HourRange;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.postgresql.sql.SqlTemplates;
import io.tracestore.provider.support.read.EventPages.Place;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange.Position;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jooq.Condition;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/**
 * Reads one trace: first where its events are, which almost never changes, then header and events
 * of one moment with a statement that names this place.
 */
public final class PostgresTraceReader {
  /** How many rows of a page of events the driver asks for, and holds, at once. */
  private static final int FETCHED_ROWS = 500;

  /** The version of ids that begin with a time (RFC 9562). */
  private static final int TIME_ORDERED = 7;

  private static final Traces T = TRACES.as("t");
  private static final Events E = EVENTS.as("e");

  private static final Rendered HOME =
      Rendered.of(select(T.START_HOUR).from(T).where(T.TRACE_ID.eq(param(T.TRACE_ID))));

  private static final Rendered HEADER =
      Rendered.of(select(T.BODY).from(T).where(T.TRACE_ID.eq(param(T.TRACE_ID))));

  private static final Condition IN_HOUR = T.START_HOUR.eq(filledIn(0, T.START_HOUR));

  /**
   * Reads a trace whose events are in an hour. It gives no row if they are elsewhere by now, or the
   * trace is gone.
   */
  private static final Rendered TRACE =
      Rendered.of(
          select(constant(0), T.BODY)
              .from(T)
              .where(T.TRACE_ID.eq(param(T.TRACE_ID)))
              .and(IN_HOUR)
              .unionAll(
                  select(constant(1), E.BODY)
                      .from(E)
                      .where(E.TRACE_ID.eq(param(E.TRACE_ID)))
                      .and(isAnyId(E.TRACE_ID))
                      .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
                      .and(
                          exists(
                              selectOne()
                                  .from(T)
                                  .where(T.TRACE_ID.eq(param(T.TRACE_ID)))
                                  .and(IN_HOUR)))));

  private static final Rendered FIRST_EARLY_TRACES = Rendered.of(earlyTraces(noCondition()));
  private static final Rendered EARLY_TRACES =
      Rendered.of(earlyTraces(T.TRACE_ID.gt(param(T.TRACE_ID))));

  private final Connections connections;
  private final Partitions partitions;

  public PostgresTraceReader(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
  }

  public Optional<FlowTrace> trace(UUID id) {
    Rows rows = read(id);
    byte @Nullable [] header = rows.header;
    return header == null
        ? Optional.empty()
        : Optional.of(TraceBinary.decodeHeader(header).withEvents(decode(rows.events)));
  }

  public Optional<FlowTrace> header(UUID id) {
    return connections.call(session -> {
      try (PreparedStatement statement = session.prepare(HEADER)) {
        statement.setObject(1, id);
        try (ResultSet row = statement.executeQuery()) {
          byte[] body = row.next() ? row.getBytes(1) : null;
          return body == null ? Optional.empty() : Optional.of(TraceBinary.decodeHeader(body));
        }
      }
    });
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  public List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    return connections.call(session -> {
      List<TraceId> ids = new ArrayList<>();
      try (PreparedStatement statement =
          session.prepare(after == null ? FIRST_EARLY_TRACES : EARLY_TRACES)) {
        if (after != null) {
          statement.setObject(1, after.value());
        }
        statement.setInt(after == null ? 1 : 2, limit);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            ids.add(new TraceId(rows.getObject(1, UUID.class)));
          }
        }
      }
      return ids;
    });
  }

  public List<TraceEvent> events(UUID id) {
    List<TraceEvent> events = decode(read(id).events);
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /** How many events these traces have; the others have none. */
  public Map<TraceId, EventCounts> eventCounts(List<TraceId> traceIds) {
    List<UUID> ids = traceIds.stream().map(TraceId::value).toList();
    return connections.inSnapshot(session -> {
      Set<Integer> hours = new TreeSet<>();
      session.forEach(
          selectDistinct(T.START_HOUR).from(T).where(T.TRACE_ID.in(ids)),
          FETCHED_ROWS,
          row -> hours.add(row.getInt(1)));
      Map<TraceId, EventCounts> counts = new HashMap<>();
      if (!hours.isEmpty()) {
        session.forEach(
            counts(ids, hours),
            FETCHED_ROWS,
            row ->
                counts.put(
                    new TraceId(row.getObject(1, UUID.class)),
                    new EventCounts(row.getLong(2), row.getLong(3))));
      }
      return counts;
    });
  }

  /** The hours are those of the partitions that are looked at. */
  static Select<?> counts(List<UUID> ids, Set<Integer> hours) {
    return select(E.TRACE_ID, count(), count().filterWhere(E.HAS_ERROR))
        .from(E)
        .where(E.TRACE_ID.in(ids))
        .and(E.START_HOUR.in(hours.stream().map(SqlTemplates::hour).toList()))
        .groupBy(E.TRACE_ID);
  }

  /** The places of events of a trace after one, or of the first, in order. */
  public List<Place> places(UUID id, @Nullable Position after, int limit) {
    return connections.inSnapshot(session -> {
      Optional<Integer> home = home(session, id);
      if (home.isEmpty()) {
        return List.of();
      }
      List<Place> places = new ArrayList<>();
      session.forEach(
          select(E.TS_NS, E.EVENT_ID, DecodedSize.of(E.BODY))
              .from(E)
              .where(ofTrace(id, home.get()))
              .and(after == null ? noCondition() : isAfter(after))
              .orderBy(E.TS_NS, E.EVENT_ID)
              .limit(limit),
          FETCHED_ROWS,
          row -> {
            Position position =
                new Position(
                    EpochNanos.toInstant(row.getLong(1)),
                    new EventId(row.getObject(2, UUID.class)));
            places.add(new Place(position, row.getLong(3)));
          });
      return places;
    });
  }

  /** The events of a trace from the first to the last of some places. */
  public List<TraceEvent> events(UUID id, List<Place> places) {
    Position first = places.getFirst().position();
    return connections.inSnapshot(session -> {
      Optional<Integer> home = home(session, id);
      if (home.isEmpty()) {
        return List.of();
      }
      List<TraceEvent> events = new ArrayList<>(places.size());
      session.forEach(
          select(E.BODY)
              .from(E)
              .where(ofTrace(id, home.get()))
              .and(isAfter(first).or(E.EVENT_ID.eq(first.eventId().value())))
              .andNot(isAfter(places.getLast().position())),
          FETCHED_ROWS,
          row -> events.add(TraceBinary.decodeEvent(row.getBytes(1))));
      return events;
    });
  }

  private static Condition ofTrace(UUID id, int hour) {
    return E.TRACE_ID.eq(id).and(isAnyId(E.TRACE_ID)).and(E.START_HOUR.eq(constant(hour)));
  }

  private static Condition isAfter(Position position) {
    return row(E.TS_NS, E.EVENT_ID)
        .gt(EpochNanos.of(position.timestamp()), position.eventId().value());
  }

  private static Select<?> earlyTraces(Condition after) {
    return select(T.TRACE_ID)
        .from(T)
        .where(T.START_NS.isNull())
        .and(T.FACETS.ne(cast(array(new Integer[0]), T.FACETS)))
        .and(after)
        .orderBy(T.TRACE_ID)
        .limit(param(Integer.class));
  }

  /** The statement that reads a trace whose events are in {@code hour}, to look at its plan. */
  static String statement(Session session, int hour) {
    return session.text(TRACE, hours(List.of(hour)));
  }

  private static List<TraceEvent> decode(List<byte[]> bodies) {
    List<TraceEvent> events = new ArrayList<>(bodies.size());
    bodies.forEach(body -> events.add(TraceBinary.decodeEvent(body)));
    return events;
  }

  private Rows read(UUID id) {
    return connections.call(session -> {
      OptionalInt likely = likelyHome(id, partitions.known(session));
      if (likely.isPresent()) {
        Rows rows = read(session, id, likely.getAsInt());
        if (rows.isThere) {
          return rows;
        }
      }
      while (true) {
        Optional<Integer> home = home(session, id);
        if (home.isEmpty()) {
          return Rows.NONE;
        }
        Rows rows = read(session, id, home.get());
        if (rows.isThere) {
          return rows;
        }
      }
    });
  }

  /**
   * Where the events of a trace most likely are, so that one statement reads it instead of two: an
   * id of version 7 begins with the time at which it was made, mostly the start of the trace.
   */
  private static OptionalInt likelyHome(UUID id, PartitionList known) {
    if (known.size() == 0) {
      return OptionalInt.of(Hours.UNPARTITIONED);
    }
    if (id.version() != TIME_ORDERED) {
      return OptionalInt.empty();
    }
    long millis = id.getMostSignificantBits() >>> 16;
    int hour = HourRange.hourOfNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    return OptionalInt.of(known.homeOf(hour));
  }

  private static Optional<Integer> home(Session session, UUID id) throws SQLException {
    try (PreparedStatement statement = session.prepare(HOME)) {
      statement.setObject(1, id);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? Optional.of(row.getInt(1)) : Optional.empty();
      }
    }
  }

  private static Rows read(Session session, UUID id, int hour) throws SQLException {
    boolean isThere = false;
    byte @Nullable [] header = null;
    List<byte[]> events = new ArrayList<>();
    try (PreparedStatement statement = session.prepare(TRACE, hours(List.of(hour)))) {
      for (int i = 1; i <= 3; i++) {
        statement.setObject(i, id);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          if (rows.getInt(1) == 0) {
            isThere = true;
            header = rows.getBytes(2);
          } else {
            events.add(rows.getBytes(2));
          }
        }
      }
    }
    return new Rows(isThere, header, events);
  }

  /**
   * The result of a statement.
   *
   * @param isThere whether the trace was found under the start hour that was asked for
   * @param header null if only events have come
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Rows(boolean isThere, byte @Nullable [] header, List<byte[]> events) {
    static final Rows NONE = new Rows(false, null, List.of());
  }
}
