package io.tracestore.provider.sqlite.read;

import static io.tracestore.provider.sqlite.jooq.Tables.EVENTS;
import static io.tracestore.provider.sqlite.jooq.Tables.INDEXED_ATTRIBUTES;
import static io.tracestore.provider.sqlite.jooq.Tables.NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_TERMS;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.first;
import static org.jooq.impl.DSL.binaryOctetLength;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.position;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.zero;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.Uuids;
import io.tracestore.provider.sqlite.connect.Connections;
import io.tracestore.provider.sqlite.connect.FileState;
import io.tracestore.provider.sqlite.connect.SqliteErrors;
import io.tracestore.provider.sqlite.schema.BodyDictionaries;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.sqlite.sql.Sql;
import io.tracestore.provider.sqlite.sql.Statements;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.provider.support.read.EventPages.Place;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange.Position;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.internal.TraceWeight;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jooq.Condition;
import org.jooq.Record4;
import org.jooq.SelectJoinStep;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * The reads over one connection. Statements are prepared once and kept. For one thread at a time.
 */
public final class SqliteTraceReader implements AutoCloseable {
  private static final int KEPT_QUERIES = 32;

  private static final Rendered BEGIN = Rendered.of(DSL.startTransaction());
  private static final Rendered COMMIT = Rendered.of(DSL.commit());

  private static final Condition WITH_ID = TRACES.TRACE_ID.eq(param(TRACES.TRACE_ID));

  private static final Rendered HEADER_BY_ID =
      Rendered.of(select(TRACES.HEADER, TRACES.TRACE_KEY).from(TRACES).where(WITH_ID));

  private static final Rendered HEADER_BY_KEY =
      Rendered.of(
          select(TRACES.HEADER).from(TRACES).where(TRACES.TRACE_KEY.eq(param(TRACES.TRACE_KEY))));

  private static final Rendered EVENTS_BY_KEY =
      Rendered.of(selectEvents().where(EVENTS.TRACE_KEY.eq(param(EVENTS.TRACE_KEY))));

  private static final Condition OF_TRACE =
      EVENTS.TRACE_KEY.eq(select(TRACES.TRACE_KEY).from(TRACES).where(WITH_ID));

  private static final Rendered EVENTS_BY_ID = Rendered.of(selectEvents().where(OF_TRACE));

  /** Bodies stand last in their rows: none is read. */
  private static final Rendered EVENT_COUNTS =
      Rendered.of(select(DSL.count(), sum(EVENTS.FAILED)).from(EVENTS).where(OF_TRACE));

  private static final Rendered EVENT_PLACES =
      Rendered.of(
          select(
                  EVENTS.TS_NS,
                  EVENTS.EVENT_ID,
                  binaryOctetLength(EVENTS.BODY),
                  first(TraceBinary.LENGTH_BYTES, EVENTS.BODY))
              .from(EVENTS)
              .where(OF_TRACE)
              .and(EVENTS.TS_NS.ge(param(EVENTS.TS_NS)))
              .and(
                  EVENTS
                      .TS_NS
                      .gt(param(EVENTS.TS_NS))
                      .or(EVENTS.EVENT_ID.gt(param(EVENTS.EVENT_ID))))
              .orderBy(EVENTS.TS_NS, EVENTS.EVENT_ID)
              .limit(param(Long.class)));

  private static final Rendered ONE_EVENT =
      Rendered.of(selectEvents().where(OF_TRACE).and(EVENTS.EVENT_ID.eq(param(EVENTS.EVENT_ID))));

  private static final Rendered NAME_BY_KEY =
      Rendered.of(select(NAMES.NAME).from(NAMES).where(NAMES.NAME_KEY.eq(param(NAMES.NAME_KEY))));

  private static final Rendered NAMES_CONTAINING =
      Rendered.of(
          select(NAMES.NAME_KEY)
              .from(NAMES)
              .where(position(NAMES.NAME, param(String.class)).gt(zero()))
              .limit(param(Long.class)));

  private static final Rendered LISTS =
      Rendered.of(select(INDEXED_ATTRIBUTES.KEYS).from(INDEXED_ATTRIBUTES));

  private static final Rendered ANY_OF_TERM =
      Rendered.of(
          select(TRACE_TERMS.TERM)
              .from(TRACE_TERMS)
              .where(TRACE_TERMS.TERM.eq(param(TRACE_TERMS.TERM)))
              .limit(one()));

  private static final Rendered EARLY_TRACES =
      Rendered.of(
          select(TRACES.TRACE_ID)
              .from(TRACES)
              .where(TRACES.START_NS.isNull())
              .and(TRACES.TRACE_ID.gt(param(TRACES.TRACE_ID)))
              .orderBy(TRACES.TRACE_ID)
              .limit(param(Long.class)));

  private static SelectJoinStep<Record4<byte[], Long, Long, byte[]>> selectEvents() {
    return select(EVENTS.EVENT_ID, EVENTS.TS_NS, EVENTS.ACTOR, EVENTS.BODY).from(EVENTS);
  }

  private final Connection connection;
  private final NameCache cache;
  private final BodyDictionaries dictionaries;
  private final boolean ownsConnection;
  private final BooleanSupplier unchanged;
  private final boolean reusable;
  private final Statements statements;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement headerById;
  private final PreparedStatement headerByKey;
  private final PreparedStatement eventsByKey;
  private final PreparedStatement eventsById;
  private final PreparedStatement nameByKey;
  private final PreparedStatement namesContaining;
  private final Map<String, PreparedStatement> queries = new LinkedHashMap<>(16, 0.75f, true);

  /** A read within one snapshot of the database. */
  @FunctionalInterface
  public interface Reading<R extends @Nullable Object> {
    R read(SqliteTraceReader session) throws SQLException;
  }

  /**
   * @param ownsConnection whether the connection is closed with the session
   * @param unchanged says whether what was read so far is what is there
   * @param reusable whether it can read again after {@code unchanged} said no
   */
  private SqliteTraceReader(
      Connection connection,
      NameCache cache,
      BodyDictionaries dictionaries,
      boolean ownsConnection,
      BooleanSupplier unchanged,
      boolean reusable)
      throws SQLException {
    this.connection = connection;
    this.statements = new Statements(connection);
    this.unchanged = unchanged;
    this.reusable = reusable;
    this.ownsConnection = ownsConnection;
    this.cache = cache;
    this.dictionaries = dictionaries;
    this.begin = statements.prepare(BEGIN);
    this.commit = statements.prepare(COMMIT);
    this.headerById = statements.prepare(HEADER_BY_ID);
    this.headerByKey = statements.prepare(HEADER_BY_KEY);
    this.eventsByKey = statements.prepare(EVENTS_BY_KEY);
    this.eventsById = statements.prepare(EVENTS_BY_ID);
    this.nameByKey = statements.prepare(NAME_BY_KEY);
    this.namesContaining = statements.prepare(NAMES_CONTAINING);
  }

  /**
   * A reader on a connection of its own. To read with a log, SQLite has to write beside the file;
   * where this user may not, and nobody else does, the file is read as one that never changes, and
   * each read is worth nothing if it changed after all.
   */
  public static SqliteTraceReader open(
      Connections connections, NameCache names, BodyDictionaries dictionaries) throws SQLException {
    Path file = connections.file();
    if (file == null || !connections.onlyReads()) {
      return onItsOwn(connections.openReader(), names, dictionaries);
    }
    FileState before = FileState.of(file);
    try {
      return onItsOwn(connections.openReader(), names, dictionaries);
    } catch (SQLException e) {
      if (before.hasLog() || !SqliteErrors.isCannotOpen(e)) {
        throw e;
      }
      boolean settled = before.isSettled();
      return new SqliteTraceReader(
          connections.openUnchangingReader(),
          names,
          dictionaries,
          true,
          () -> settled && before.equals(FileState.of(file)),
          false);
    }
  }

  private static SqliteTraceReader onItsOwn(
      Connection connection, NameCache names, BodyDictionaries dictionaries) throws SQLException {
    return new SqliteTraceReader(connection, names, dictionaries, true, () -> true, true);
  }

  /** A reader on a connection that belongs to somebody else. */
  public static SqliteTraceReader sharing(
      Connection connection, NameCache names, BodyDictionaries dictionaries) throws SQLException {
    return new SqliteTraceReader(connection, names, dictionaries, false, () -> true, true);
  }

  /** Whether everything that was read so far is still in the file. */
  public boolean isUnchanged() {
    return unchanged.getAsBoolean();
  }

  /** Whether it can be used for later reads. */
  public boolean isReusable() {
    return reusable;
  }

  public Connection connection() {
    return connection;
  }

  /** Reads in one snapshot: writes of others during the call are not seen. */
  public <R extends @Nullable Object> R snapshot(Reading<R> reading) throws SQLException {
    begin.executeUpdate();
    try {
      R result = reading.read(this);
      commit.executeUpdate();
      return result;
    } catch (Throwable e) {
      Sql.rollback(connection, e);
      throw e;
    }
  }

  /**
   * The trace with all its events, or without them if they take more memory; empty if there is no
   * header.
   */
  public Optional<FlowTrace> trace(TraceId traceId, long maxEventBytes) throws SQLException {
    return snapshot(session -> {
      Binder.of(headerById).bytes(Uuids.toBytes(traceId.value()));
      byte[] header;
      long key;
      try (ResultSet row = headerById.executeQuery()) {
        header = row.next() ? row.getBytes(1) : null;
        if (header == null) {
          return Optional.empty();
        }
        key = row.getLong(2);
      }
      Binder.of(eventsByKey).number(key);
      return Optional.of(
          TraceBinary.decodeHeader(header).withEvents(events(eventsByKey, maxEventBytes)));
    });
  }

  /** The trace without its events, or empty if there is no header. */
  public Optional<FlowTrace> header(TraceId traceId) throws SQLException {
    Binder.of(headerById).bytes(Uuids.toBytes(traceId.value()));
    try (ResultSet row = headerById.executeQuery()) {
      byte[] header = row.next() ? row.getBytes(1) : null;
      return header == null ? Optional.empty() : Optional.of(TraceBinary.decodeHeader(header));
    }
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  public List<TraceId> earlyTraces(@Nullable TraceId after, int limit) throws SQLException {
    PreparedStatement select = prepare(EARLY_TRACES);
    byte[] first = after == null ? new byte[0] : Uuids.toBytes(after.value());
    Binder.of(select).bytes(first).number(limit);
    List<TraceId> ids = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        ids.add(new TraceId(Uuids.ofBytes(rows.getBytes(1))));
      }
    }
    return ids;
  }

  /** The names of one kind in the traces of a time, at most {@code limit}. */
  public List<String> names(NameKind kind, TimeRange range, int limit) throws SQLException {
    PreparedStatement select = prepare(TraceNames.of(kind));
    Binder.of(select).number(range.from()).number(range.to()).number(limit);
    List<String> names = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }

  /** The events of a trace, in order. */
  public List<TraceEvent> events(TraceId traceId) throws SQLException {
    Binder.of(eventsById).bytes(Uuids.toBytes(traceId.value()));
    List<TraceEvent> events = events(eventsById);
    events.sort(TraceEvent.ORDER);
    return List.copyOf(events);
  }

  /** How many events these traces have. */
  public Map<TraceId, EventCounts> eventCounts(List<TraceId> traceIds) throws SQLException {
    return snapshot(session -> {
      PreparedStatement select = prepare(EVENT_COUNTS);
      Map<TraceId, EventCounts> counts = new LinkedHashMap<>();
      for (TraceId id : traceIds) {
        Binder.of(select).bytes(Uuids.toBytes(id.value()));
        try (ResultSet row = select.executeQuery()) {
          if (row.next()) {
            counts.put(id, new EventCounts(row.getLong(1), row.getLong(2)));
          }
        }
      }
      return counts;
    });
  }

  /** The places of events of a trace after one, or of the first, in order. */
  public List<Place> places(TraceId traceId, @Nullable Position after, int limit)
      throws SQLException {
    long time = after == null ? Long.MIN_VALUE : EpochNanos.of(after.timestamp());
    PreparedStatement select = prepare(EVENT_PLACES);
    Binder.of(select)
        .bytes(Uuids.toBytes(traceId.value()))
        .number(time)
        .number(time)
        .bytes(after == null ? new byte[0] : Uuids.toBytes(after.eventId().value()))
        .number(limit);
    List<Place> places = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        Position position =
            new Position(
                EpochNanos.toInstant(rows.getLong(1)),
                new EventId(Uuids.ofBytes(rows.getBytes(2))));
        places.add(
            new Place(position, TraceBinary.decodedLength(rows.getBytes(4), rows.getLong(3))));
      }
    }
    return places;
  }

  /** The events of a trace at some places, as far as they are there. */
  public List<TraceEvent> events(TraceId traceId, List<Place> places) throws SQLException {
    return snapshot(session -> {
      PreparedStatement select = prepare(ONE_EVENT);
      List<TraceEvent> events = new ArrayList<>();
      for (Place place : places) {
        Binder.of(select)
            .bytes(Uuids.toBytes(traceId.value()))
            .bytes(Uuids.toBytes(place.position().eventId().value()));
        addEvents(select, events, Long.MAX_VALUE);
      }
      return events;
    });
  }

  private List<TraceEvent> events(PreparedStatement select) throws SQLException {
    return events(select, Long.MAX_VALUE);
  }

  /** All of them, or none if they take more memory. */
  private List<TraceEvent> events(PreparedStatement select, long maxBytes) throws SQLException {
    List<TraceEvent> events = new ArrayList<>();
    return addEvents(select, events, maxBytes) ? events : List.of();
  }

  /** Whether all were added, because they do not take more memory. */
  private boolean addEvents(PreparedStatement select, List<TraceEvent> events, long maxBytes)
      throws SQLException {
    long bytes = 0;
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        byte[] body = rows.getBytes(4);
        TraceEvent event =
            TraceBinary.decodeEventBody(
                body,
                new EventId(Uuids.ofBytes(rows.getBytes(1))),
                EpochNanos.toInstant(rows.getLong(2)),
                name(rows.getLong(3)),
                dictionaries.of(body, connection));
        bytes += TraceWeight.of(event);
        if (bytes > maxBytes) {
          return false;
        }
        events.add(event);
      }
    }
    return true;
  }

  /** The name of that number. */
  public String name(long key) throws SQLException {
    String known = cache.get(key);
    if (known != null) {
      return known;
    }
    Binder.of(nameByKey).number(key);
    try (ResultSet row = nameByKey.executeQuery()) {
      if (!row.next()) {
        throw new CorruptDataException("events refer to a name that is not in names: " + key, null);
      }
      String name = row.getString(1);
      cache.put(key, name);
      return name;
    }
  }

  /** The matching traces in order, at most {@code limit}. */
  public List<FlowTrace> query(TraceQuery query, int limit) throws SQLException {
    return snapshot(session -> {
      List<FlowTrace> page = new ArrayList<>();
      for (long key : numbers(plan(query).page(limit))) {
        page.add(traceOf(key, query.withEvents()));
      }
      return List.copyOf(page);
    });
  }

  /** How many traces match. */
  public long count(TraceQuery query) throws SQLException {
    return snapshot(session -> number(plan(query).count()));
  }

  /** The name of the filter whose index is read. */
  public String leading(TraceQuery query) throws SQLException {
    return snapshot(session -> plan(query).leading());
  }

  private SqliteQueryPlan plan(TraceQuery query) throws SQLException {
    return SqliteQueryPlan.of(query, actorsOf(query), lookupsOf(query));
  }

  /** The filters that terms answer, with other keys only where there are such traces. */
  private List<DataTerms.Lookup> lookupsOf(TraceQuery query) throws SQLException {
    if (!query.filtersEventData()) {
      return List.of();
    }
    List<DataTerms> lists = new ArrayList<>(List.of(DataTerms.NONE));
    try (ResultSet rows = prepare(LISTS).executeQuery()) {
      while (rows.next()) {
        lists.add(DataTerms.ofList(rows.getString(1)));
      }
    }
    List<DataTerms.Lookup> lookups = new ArrayList<>();
    for (DataTerms.Lookup lookup : DataTerms.of(query, lists)) {
      List<Long> otherKeys = new ArrayList<>();
      for (long term : lookup.otherKeys()) {
        PreparedStatement any = prepare(ANY_OF_TERM);
        Binder.of(any).number(term);
        otherKeys.addAll(numbers(any));
      }
      lookups.add(lookup.withOtherKeys(otherKeys));
    }
    return lookups;
  }

  /** The actors that a query's text is in, or some of them if they are too many to go by. */
  private List<Long> actorsOf(TraceQuery query) throws SQLException {
    String text = query.actorContains();
    if (text == null) {
      return List.of();
    }
    Binder.of(namesContaining).text(text).number(SqliteQueryPlan.MAX_ACTORS + 1L);
    return numbers(namesContaining);
  }

  /** The one number that a select returns. */
  public long number(Rendered query) throws SQLException {
    return numbers(query).getFirst();
  }

  private List<Long> numbers(Rendered query) throws SQLException {
    PreparedStatement select = prepare(query);
    Binder.of(select).all(query.values());
    return numbers(select);
  }

  /** A statement that is kept for the next time. */
  public PreparedStatement prepare(Rendered query) throws SQLException {
    PreparedStatement kept = queries.get(query.sql());
    if (kept == null) {
      kept = statements.prepare(query);
      queries.put(query.sql(), kept);
      dropEldest();
    }
    return kept;
  }

  private void dropEldest() throws SQLException {
    if (queries.size() > KEPT_QUERIES) {
      Iterator<PreparedStatement> all = queries.values().iterator();
      PreparedStatement eldest = all.next();
      all.remove();
      statements.close(eldest);
    }
  }

  private static List<Long> numbers(PreparedStatement select) throws SQLException {
    List<Long> numbers = new ArrayList<>();
    try (ResultSet rows = select.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getLong(1));
      }
    }
    return numbers;
  }

  /** SQLite is in this process: a statement per trace costs no more than one for all. */
  private FlowTrace traceOf(long key, boolean withEvents) throws SQLException {
    Binder.of(headerByKey).number(key);
    FlowTrace trace;
    try (ResultSet row = headerByKey.executeQuery()) {
      row.next();
      trace = TraceBinary.decodeHeader(row.getBytes(1));
    }
    if (!withEvents) {
      return trace;
    }
    Binder.of(eventsByKey).number(key);
    return trace.withEvents(events(eventsByKey));
  }

  @Override
  public void close() {
    if (ownsConnection) {
      Connections.close(connection, null);
    } else {
      statements.close();
    }
  }
}
