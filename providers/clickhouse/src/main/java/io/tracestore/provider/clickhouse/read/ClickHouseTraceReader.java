package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.IndexedAttributes.INDEXED_ATTRIBUTES;
import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.BYTES;
import static io.tracestore.provider.clickhouse.jooq.Records.FLAGS;
import static io.tracestore.provider.clickhouse.jooq.Records.HEADER;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.schema.Sections.BY_TIME;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.empty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.first;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.firstOfEach;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasFlag;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.isIn;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.rowsOf;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.maxBy;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.when;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.connect.Settings;
import io.tracestore.provider.clickhouse.jooq.IndexedAttributes;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.EventFlags;
import io.tracestore.provider.clickhouse.schema.EventRow;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.clickhouse.sql.NumberSet;
import io.tracestore.provider.clickhouse.sql.Rendered;
import io.tracestore.provider.clickhouse.sql.Types;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.read.EventPages.Place;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventRange.Position;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceQuery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.SelectJoinStep;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Reads traces. A trace is always read by one query over one table: its header and its events are
 * of the same moment.
 */
public final class ClickHouseTraceReader implements ChunkSource.Reader {
  /** The memory of a row beside what it holds. */
  private static final int BYTES_OF_A_ROW = 500;

  private static final Param<UUID> ID = param("id", TRACE_ID);
  private static final Field<UUID> EVENT_ID = field(name("event_id"), Types.ID);
  private static final Field<Integer> NEWEST_FLAGS = field(name("newest"), SQLDataType.INTEGER);
  private static final Field<Long> NANOS = field(name("nanos"), SQLDataType.BIGINT);

  private static final IdSet PLACED = IdSet.parameter("ids");
  private static final NumberSet DAYS = NumberSet.parameter("days");
  private static final NumberSet AGES = NumberSet.parameter("ages");

  private final Server server;
  private final Rendered rowsOfTrace;
  private final Rendered rowsOfPage;
  private final Rendered weighedRowsOfPage;
  private final Rendered headersOfPage;
  private final Rendered sizesOfPage;

  public ClickHouseTraceReader(Server server) {
    this.server = server;
    this.rowsOfTrace = server.render(headersAndEvents().where(TRACE_ROWS, TRACE_ID.eq(ID)));
    // Partitions without a row of the traces need not be looked at.
    Condition placed = TRACE_ID.in(idsOf(PLACED)).and(Sections.in(DAYS));
    this.rowsOfPage = server.render(headersAndEvents().where(TRACE_ROWS, placed));
    this.weighedRowsOfPage =
        server.render(
            select(TRACE_ID, REV, HEADER)
                .select(EventRow.COLUMNS)
                .select(BYTES)
                .from(RECORDS)
                .where(TRACE_ROWS, placed));
    // In section time the headers of traces that start together lie together.
    this.headersOfPage = server.render(headers().where(BY_TIME, placed, isIn(AGE, AGES)));
    this.sizesOfPage =
        server.render(
            select(TRACE_ID, DSL.count().mul(BYTES_OF_A_ROW).plus(sum(BYTES)))
                .from(RECORDS)
                .where(TRACE_ROWS, placed)
                .groupBy(TRACE_ID));
  }

  public Optional<FlowTrace> trace(UUID id) {
    return rows(id).trace();
  }

  public List<TraceEvent> events(UUID id) {
    return rows(id).events();
  }

  /** The trace without its events. */
  public Optional<FlowTrace> header(UUID id) {
    return server
        .query(
            headers().where(TRACE_ROWS, TRACE_ID.eq(id), empty(IDS)),
            ClickHouseTraceReader::readHeaders)
        .getOrDefault(id, new StoredRows())
        .trace();
  }

  /** How many events these traces have; the others have none. */
  public Map<TraceId, EventCounts> eventCounts(List<TraceId> traceIds) {
    IdSet ids = IdSet.of(traceIds.stream().map(TraceId::value).toList());
    Table<?> newest =
        select(TRACE_ID, idAt(IDS, 1).as(EVENT_ID), maxBy(FLAGS, REV).as(NEWEST_FLAGS))
            .from(RECORDS)
            .where(TRACE_ROWS, TRACE_ID.in(idsOf(ids)), notEmpty(IDS))
            .groupBy(TRACE_ID, EVENT_ID)
            .asTable("events");
    return server.query(
        select(
                TRACE_ID,
                DSL.count(),
                DSL.count(when(hasFlag(NEWEST_FLAGS, EventFlags.ERROR), one())))
            .from(newest)
            .groupBy(TRACE_ID),
        row -> {
          Map<TraceId, EventCounts> counts = new HashMap<>();
          while (row.hasNext()) {
            counts.put(new TraceId(row.id()), new EventCounts(row.i64(), row.i64()));
          }
          return counts;
        });
  }

  /** The places of events of a trace after one, or of the first, in order. */
  public List<Place> places(UUID id, @Nullable Position after, int limit) {
    ResultQuery<?> newestOfEach =
        firstOfEach(
            select(idAt(IDS, 1).as(EVENT_ID), nanos(TS).as(NANOS), BYTES)
                .from(RECORDS)
                .where(TRACE_ROWS, TRACE_ID.eq(id), notEmpty(IDS))
                .orderBy(REV.desc()),
            EVENT_ID);
    return server.query(
        first(
            select(EVENT_ID, NANOS, BYTES)
                .from(rowsOf(newestOfEach))
                .where(after == null ? noCondition() : isAfter(after))
                .orderBy(NANOS, EVENT_ID),
            limit),
        row -> {
          List<Place> places = new ArrayList<>();
          while (row.hasNext()) {
            EventId event = new EventId(row.id());
            places.add(new Place(new Position(EpochNanos.toInstant(row.i64()), event), row.i64()));
          }
          return places;
        });
  }

  /** The events of a trace from the first to the last of some places. */
  public List<TraceEvent> events(UUID id, List<Place> places) {
    Field<Long> time = nanos(TS);
    return server
        .query(
            headersAndEvents()
                .where(TRACE_ROWS, TRACE_ID.eq(id), notEmpty(IDS))
                .and(time.ge(nanosOf(places.getFirst())))
                .and(time.le(nanosOf(places.getLast()))),
            ClickHouseTraceReader::readWithEvents)
        .getOrDefault(id, new StoredRows())
        .events();
  }

  private static Condition isAfter(Position position) {
    long nanos = EpochNanos.of(position.timestamp());
    return NANOS.gt(nanos).or(NANOS.eq(nanos).and(EVENT_ID.gt(position.eventId().value())));
  }

  private static long nanosOf(Place place) {
    return EpochNanos.of(place.position().timestamp());
  }

  private StoredRows rows(UUID id) {
    return server
        .query(rowsOfTrace.with(ID, id), ClickHouseTraceReader::readWithEvents)
        .getOrDefault(id, new StoredRows());
  }

  private static SelectJoinStep<Record> headersAndEvents() {
    return select(TRACE_ID, REV, HEADER).select(EventRow.COLUMNS).from(RECORDS);
  }

  private static SelectJoinStep<? extends Record> headers() {
    return select(TRACE_ID, REV, HEADER).from(RECORDS);
  }

  /** The position of a trace in the order of queries. */
  public record Entry(UUID id, long age) {
    TraceQuery.Position position() {
      return new TraceQuery.Position(EpochNanos.toInstant(~age), new TraceId(id));
    }
  }

  /** A page of matching traces. */
  public List<FlowTrace> page(TraceQuery query, int limit) {
    ResultQuery<?> headers = query.withEvents() ? null : plan(query).headers(limit);
    if (headers != null) {
      return server.query(headers, ClickHouseTraceReader::decodeHeaders);
    }
    List<FlowTrace> page = new ArrayList<>();
    TraceQuery next = query;
    while (page.size() < limit) {
      int wanted = limit - page.size();
      List<Entry> entries = entries(next, wanted);
      page.addAll(traces(entries, query));
      if (entries.size() < wanted) {
        break;
      }
      // Of traces that changed or went between the two queries others take the place.
      next = behind(query, entries.getLast());
    }
    return page;
  }

  private static List<FlowTrace> decodeHeaders(RowInput in) throws IOException {
    List<FlowTrace> headers = new ArrayList<>();
    while (in.hasNext()) {
      headers.add(TraceBinary.decodeHeader(in.bytes()));
    }
    return headers;
  }

  /** The query for the traces after {@code entry}. */
  public static TraceQuery behind(TraceQuery query, Entry entry) {
    return query.toBuilder().after(entry.position()).offset(0).build();
  }

  /** Returns the filter or the section that leads to the traces of {@code query}. */
  public String leading(TraceQuery query) {
    return plan(query).leading();
  }

  private ClickHouseQueryPlan plan(TraceQuery query) {
    return new ClickHouseQueryPlan(query, lookups(query));
  }

  /** Reads with which keys traces were written, if the query asks for data of events. */
  private List<DataTerms.Lookup> lookups(TraceQuery query) {
    if (!query.filtersEventData()) {
      return List.of();
    }
    List<DataTerms> lists = new ArrayList<>(List.of(DataTerms.NONE));
    lists.addAll(
        server.query(
            selectDistinct(IndexedAttributes.KEYS).from(INDEXED_ATTRIBUTES),
            row -> {
              List<DataTerms> found = new ArrayList<>();
              while (row.hasNext()) {
                found.add(DataTerms.ofList(row.text()));
              }
              return found;
            }));
    return DataTerms.of(query, lists);
  }

  /** Where the matching traces stand. */
  @Override
  public List<Entry> entries(TraceQuery query, int limit) {
    ClickHouseQueryPlan plan = plan(query);
    return plan.readsItsRange() ? entriesByDays(query, plan, limit) : ask(plan, limit);
  }

  /**
   * Asks the newest day first, then twice as many days each time: a page that the newest days fill
   * reads no others. A trace never changes its day, so none is missed or found twice.
   */
  private List<Entry> entriesByDays(TraceQuery query, ClickHouseQueryPlan plan, int limit) {
    long wanted = (long) limit + query.offset();
    List<Entry> found = new ArrayList<>();
    TraceQuery rest = query.toBuilder().offset(0).build();
    int last = Day.FIRST;
    for (int days = 1; found.size() < wanted; days = Math.min(2 * days, Day.LAST)) {
      if (last <= Day.FIRST) {
        List<Entry> newest = ask(ClickHouseQueryPlan.ofRange(rest), 1);
        if (newest.isEmpty()) {
          break;
        }
        last = Day.of(~newest.getFirst().age);
      }
      int first = last - days + 1;
      boolean isLast = first <= Day.FIRST || !startsBefore(rest, first);
      TraceQuery window =
          isLast
              ? rest
              : rest.toBuilder().startedFrom(EpochNanos.toInstant(Day.start(first))).build();
      List<Entry> more = ask(plan.in(window), wanted - found.size());
      found.addAll(more);
      if (isLast) {
        break;
      }
      last = more.isEmpty() ? Day.FIRST : first - 1; // where nothing was found, days may be missing
      rest = rest.toBuilder().startedTo(EpochNanos.toInstant(Day.start(first) - 1)).build();
    }
    return found.subList((int) Math.min(query.offset(), found.size()), found.size());
  }

  private static boolean startsBefore(TraceQuery query, int day) {
    return query.startedFrom() == null || EpochNanos.of(query.startedFrom()) < Day.start(day);
  }

  private List<Entry> ask(ClickHouseQueryPlan plan, long limit) {
    return server.query(
        plan.page(limit),
        row -> {
          List<Entry> entries = new ArrayList<>();
          while (row.hasNext()) {
            entries.add(new Entry(row.id(), row.i64()));
          }
          return entries;
        });
  }

  /** The traces of {@code entries} that still match, in their order. */
  @Override
  public List<FlowTrace> traces(List<Entry> entries, TraceQuery query) {
    if (entries.isEmpty()) {
      return List.of();
    }
    Map<UUID, StoredRows> stored =
        query.withEvents()
            ? server.query(placed(rowsOfPage, entries), ClickHouseTraceReader::readWithEvents)
            : server.query(
                placed(headersOfPage, entries)
                    .with(AGES, entries.stream().map(Entry::age).toList()),
                ClickHouseTraceReader::readHeaders);
    return matching(entries, query, stored);
  }

  @Override
  public @Nullable List<FlowTrace> tracesWithin(long most, List<Entry> entries, TraceQuery query) {
    try {
      Map<UUID, StoredRows> stored =
          server.query(
              placed(weighedRowsOfPage, entries),
              Settings.answerOf(most),
              rows -> readWithin(most, rows));
      return matching(entries, query, stored);
    } catch (StoreCapacityException e) {
      return null;
    }
  }

  private static List<FlowTrace> matching(
      List<Entry> entries, TraceQuery query, Map<UUID, StoredRows> stored) {
    List<FlowTrace> traces = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      StoredRows rows = stored.get(entry.id);
      if (rows != null) {
        // Events that were not read can not be asked again.
        rows.trace()
            .filter(query.withEvents() ? query::matches : query::matchesHeader)
            .ifPresent(traces::add);
      }
    }
    return traces;
  }

  private static Map<UUID, StoredRows> readWithEvents(RowInput in) throws IOException {
    return collect(in, new EventRow());
  }

  private static Map<UUID, StoredRows> readHeaders(RowInput in) throws IOException {
    return collect(in, null);
  }

  private static Map<UUID, StoredRows> collect(RowInput in, @Nullable EventRow events)
      throws IOException {
    Map<UUID, StoredRows> found = new HashMap<>();
    while (in.hasNext()) {
      addRow(found, in, events);
    }
    return found;
  }

  /**
   * Reads rows that say what they take in memory: a header may be many times as large as the
   * answer, in which it is packed.
   *
   * @throws StoreCapacityException if they take more than {@code most} bytes
   */
  private static Map<UUID, StoredRows> readWithin(long most, RowInput in) throws IOException {
    Map<UUID, StoredRows> found = new HashMap<>();
    EventRow events = new EventRow();
    long bytes = 0;
    while (in.hasNext()) {
      addRow(found, in, events);
      bytes += BYTES_OF_A_ROW + in.i64();
      if (bytes > most) {
        throw new StoreCapacityException("an answer of more than %d bytes".formatted(most), null);
      }
    }
    return found;
  }

  private static void addRow(Map<UUID, StoredRows> found, RowInput in, @Nullable EventRow events)
      throws IOException {
    UUID id = in.id();
    StoredRows rows = found.computeIfAbsent(id, unknown -> new StoredRows());
    long rev = in.i64();
    byte[] header = in.bytes();
    TraceEvent event = events == null ? null : events.read(id, in);
    if (event == null) {
      rows.addHeader(rev, header);
    } else {
      rows.addEvent(rev, event);
    }
  }

  /** How many traces match {@code query}, before its position and after it. */
  public long count(TraceQuery query) {
    TraceQuery everywhere = query.toBuilder().after(null).build();
    return server.query(plan(everywhere).count(), row -> row.hasNext() ? row.i64() : 0L);
  }

  /** Fills in the ids of some traces, and the days of their rows. */
  private static Rendered placed(Rendered statement, Collection<Entry> entries) {
    Set<Integer> days = new HashSet<>();
    days.add(Day.EARLY);
    entries.forEach(entry -> days.add(Day.of(~entry.age)));
    return statement.with(PLACED, entries.stream().map(Entry::id).toList()).with(DAYS, days);
  }

  /** How many bytes each of {@code entries} takes in memory at most, with all versions. */
  @Override
  public Map<UUID, Long> sizes(Collection<Entry> entries) {
    return server.query(
        placed(sizesOfPage, entries),
        row -> {
          Map<UUID, Long> sizes = new LinkedHashMap<>();
          while (row.hasNext()) {
            sizes.put(row.id(), row.i64());
          }
          return sizes;
        });
  }
}
