package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.ACTOR_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.ATTRIBUTES;
import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.DURATION_NS;
import static io.tracestore.provider.clickhouse.jooq.Records.ENVIRONMENT;
import static io.tracestore.provider.clickhouse.jooq.Records.ERROR;
import static io.tracestore.provider.clickhouse.jooq.Records.EVENT_TYPE;
import static io.tracestore.provider.clickhouse.jooq.Records.EXECUTION_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.HEADER;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.NAME;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.SESSION_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.STARTED;
import static io.tracestore.provider.clickhouse.jooq.Records.STATUS;
import static io.tracestore.provider.clickhouse.jooq.Records.TAGS;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.USER_ID;
import static io.tracestore.provider.clickhouse.schema.Sections.BY_DURATION;
import static io.tracestore.provider.clickhouse.schema.Sections.BY_TIME;
import static io.tracestore.provider.clickhouse.schema.Sections.REPEATED;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.schema.Sections.ofFlow;
import static io.tracestore.provider.clickhouse.schema.Sections.ofTerms;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.contains;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.element;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.first;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.firstOfEach;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasKey;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasPair;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.newestOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.readInBlocks;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.rowsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.unionAll;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.maxBy;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.val;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.JsonValue;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.jooq.Status;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.JsonText;
import io.tracestore.provider.clickhouse.schema.StatusCode;
import io.tracestore.provider.clickhouse.sql.SqlTemplates;
import io.tracestore.provider.clickhouse.sql.Types;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.OrderField;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Queries as SQL over the section {@code flow}, or {@code time} where no flow is asked. A row there
 * may be outdated: filters on values that never change apply to all rows, filters on others only to
 * the newest row of each trace.
 */
final class ClickHouseQueryPlan {
  /** The filtered columns whose values may change from version to version of a trace. */
  private static final List<Field<?>> CHANGING =
      List.of(STATUS, ERROR, DURATION_NS, ENVIRONMENT, USER_ID, SESSION_ID, TAGS);

  /** The order of the table, in which all that is listed comes. */
  private static final List<Field<?>> ORDER = List.of(SECTION, NAME, AGE, TRACE_ID);

  private static final Field<Long> AGE_OF_TRACE = field(name("trace_age"), SQLDataType.BIGINT);
  private static final Field<String> NEWEST = field(name("newest"), Types.TEXT);

  /** How many rows the server reads at once: smaller blocks cost more; by itself it reads more. */
  private static final long SMALLEST_BLOCK = 16;

  private static final long LARGEST_BLOCK = 65_536;

  private final TraceQuery query;
  private final List<DataTerms.Lookup> lookups;
  private final boolean skipsTraces;

  /**
   * @param lookups the filters that terms answer
   */
  ClickHouseQueryPlan(TraceQuery query, List<DataTerms.Lookup> lookups) {
    this(query, lookups, query.offset() > 0);
  }

  private ClickHouseQueryPlan(
      TraceQuery query, List<DataTerms.Lookup> lookups, boolean skipsTraces) {
    this.query = query;
    this.lookups = lookups;
    this.skipsTraces = skipsTraces;
  }

  /** Asks for all traces of the flow and the time of {@code query}. */
  static ClickHouseQueryPlan ofRange(TraceQuery query) {
    TraceQuery range =
        TraceQuery.builder()
            .flowId(query.flowId())
            .startedFrom(query.startedFrom())
            .startedTo(query.startedTo())
            .after(query.after())
            .build();
    return new ClickHouseQueryPlan(range, List.of());
  }

  /** Asks the same of another range: a query that differs in that alone. */
  ClickHouseQueryPlan in(TraceQuery range) {
    return new ClickHouseQueryPlan(range, lookups, skipsTraces);
  }

  /** Whether a page reads all rows of its time: no index and no order of the table leads to it. */
  boolean readsItsRange() {
    return query.executionId() == null
        && (!changing().isEmpty()
            || (hasEventFilter() && !isByActor() && !isByType() && !isByTerm()));
  }

  /** The section of the table, or its index, that leads to the traces. */
  String leading() {
    if (query.executionId() != null) {
      return "execution";
    }
    if (!lookups.isEmpty()) {
      return lookups.getFirst().filter();
    }
    if (changing().isEmpty() && (isByActor() || isByType())) {
      return isByActor() ? "actor" : "event type";
    }
    if (isByDuration()) {
      return "duration";
    }
    return query.flowId() != null ? "flow" : "start";
  }

  /** The ids and ages of a page of matching traces, newest first. */
  ResultQuery<?> page(long limit) {
    List<Condition> changing = changing();
    if (isByDuration()) {
      return pageOfDurations(limit);
    }
    if (changing.isEmpty() && isByActor()) {
      return pageOf(Section.ACTOR, Objects.requireNonNull(query.actor()), ACTOR_ID, limit);
    }
    if (changing.isEmpty() && isByType()) {
      return pageOf(Section.TYPE, Objects.requireNonNull(query.eventType()), EVENT_TYPE, limit);
    }
    if (changing.isEmpty() && isByTerm()) {
      return pageOfTerms(lookups.getFirst().all(), limit);
    }
    if (changing.isEmpty()) {
      Select<?> rows = select(TRACE_ID, AGE).from(RECORDS).where(fixed()).orderBy(ORDER);
      return listed(firstOfEach(rows, AGE, TRACE_ID), limit);
    }
    Select<?> newest =
        select(TRACE_ID, AGE).select(CHANGING).from(RECORDS).where(fixed()).orderBy(newestFirst());
    return select(TRACE_ID, AGE)
        .from(rowsOf(firstOfEach(newest, AGE, TRACE_ID)))
        .where(changing)
        .orderBy(AGE, TRACE_ID)
        .limit(limit)
        .offset(query.offset());
  }

  /**
   * The newest headers of a page of matching traces, newest first; null where these take more than
   * one step to find.
   */
  @Nullable ResultQuery<?> headers(long limit) {
    if (!changing().isEmpty() || hasEventFilter()) {
      return null;
    }
    Select<?> newest = select(HEADER).from(RECORDS).where(fixed()).orderBy(newestFirst());
    return listed(firstOfEach(newest, AGE, TRACE_ID), limit);
  }

  /** The order of the table, and of the versions of a trace the newest first. */
  private static List<OrderField<?>> newestFirst() {
    List<OrderField<?>> order = new ArrayList<>(ORDER);
    order.add(REV.desc());
    return order;
  }

  /** A page of rows; where they are listed as they lie in the table, the reading ends with it. */
  private ResultQuery<?> listed(ResultQuery<?> rows, long limit) {
    ResultQuery<?> page = SqlTemplates.page(rows, limit, query.offset());
    return hasEventFilter() || query.executionId() != null ? page : endingWithPage(page, limit);
  }

  /** Else the server reads a large block of every partition, and ahead. */
  private ResultQuery<?> endingWithPage(ResultQuery<?> page, long limit) {
    return readInBlocks(page, Math.clamp(end(limit), SMALLEST_BLOCK, LARGEST_BLOCK));
  }

  private boolean hasEventFilter() {
    return query.actor() != null
        || query.actorContains() != null
        || query.eventType() != null
        || filtersData();
  }

  /** Whether the data of events are asked for, by terms or by a search in attributes. */
  private boolean filtersData() {
    return !lookups.isEmpty() || searchesAttributes();
  }

  /** Whether the server reads the attributes of all events in the time: no term leads to them. */
  private boolean searchesAttributes() {
    return lookups.isEmpty() && !(query.attributes().isEmpty() && query.attributeKeys().isEmpty());
  }

  /** How many traces it takes to fill the page. */
  private long end(long limit) {
    return limit > Long.MAX_VALUE - query.offset() ? Long.MAX_VALUE : limit + query.offset();
  }

  /** Whether nothing but the time is asked beside one actor. */
  private boolean isByActor() {
    return query.actor() != null
        && query.actorContains() == null
        && query.flowId() == null
        && query.executionId() == null
        && query.eventType() == null
        && !filtersData();
  }

  /** Whether nothing but the time is asked beside one type. */
  private boolean isByType() {
    return query.eventType() != null
        && query.actor() == null
        && query.actorContains() == null
        && query.flowId() == null
        && query.executionId() == null
        && !filtersData();
  }

  /**
   * Whether nothing but the time is asked beside the duration. Its rows lead to traces that have
   * another one now, which no offset may count.
   */
  private boolean isByDuration() {
    return (query.minDuration() != null || query.maxDuration() != null)
        && changing().size() == durations(DURATION_NS).size()
        && !skipsTraces
        && query.flowId() == null
        && query.executionId() == null
        && !hasEventFilter();
  }

  /**
   * Reads the rows of all durations that match. Some are of traces that have another one now: their
   * headers, which are read next, tell.
   */
  private ResultQuery<?> pageOfDurations(long limit) {
    Field<Long> start = nanos(STARTED);
    List<Condition> within = new ArrayList<>(durations(AGE));
    within.add(days());
    if (query.startedFrom() != null) {
      within.add(start.ge(EpochNanos.of(query.startedFrom())));
    }
    if (query.startedTo() != null) {
      within.add(start.le(EpochNanos.of(query.startedTo())));
    }
    TraceQuery.Position after = query.after();
    if (after != null) {
      long last = EpochNanos.of(after.startTime());
      within.add(start.lt(last).or(start.eq(last).and(TRACE_ID.gt(after.traceId().value()))));
    }
    Select<?> rows =
        select(TRACE_ID, start.neg().minus(one()).as(AGE_OF_TRACE))
            .from(RECORDS)
            .where(BY_DURATION, and(within))
            .orderBy(AGE_OF_TRACE, TRACE_ID);
    return SqlTemplates.page(firstOfEach(rows, AGE_OF_TRACE, TRACE_ID), limit, query.offset());
  }

  /** Whether nothing but the time is asked beside what terms answer. */
  private boolean isByTerm() {
    return !lookups.isEmpty()
        && query.eventType() == null
        && query.actor() == null
        && query.actorContains() == null
        && query.flowId() == null
        && query.executionId() == null;
  }

  /**
   * Reads the rows of some terms in their order, which is that of the answer, and no more of them
   * than it takes. Traces whose events came before the header are looked up.
   */
  private ResultQuery<?> pageOfTerms(long[] terms, long limit) {
    List<Condition> within = new ArrayList<>();
    addTimes(within);
    addPosition(within);
    Select<?> lookedUp =
        select(TRACE_ID, AGE)
            .from(RECORDS)
            .where(BY_TIME, and(within))
            .and(
                TRACE_ID.in(
                    select(TRACE_ID).from(RECORDS).where(ofTerms(terms), DAY.eq(Day.EARLY))));
    ResultQuery<?> all = lookedUp;
    for (long term : terms) {
      ResultQuery<?> inOrder =
          firstOfEach(
              select(TRACE_ID, AGE)
                  .from(RECORDS)
                  .where(ofTerms(term), DAY.ne(Day.EARLY), and(within))
                  .orderBy(ORDER),
              AGE,
              TRACE_ID);
      all = unionAll(endingWithPage(first(inOrder, end(limit)), limit), all);
    }
    Select<?> sorted = select(TRACE_ID, AGE).from(rowsOf(all)).orderBy(AGE, TRACE_ID);
    return SqlTemplates.page(firstOfEach(sorted, AGE, TRACE_ID), limit, query.offset());
  }

  /**
   * Reads the rows of an actor or a type in their order, which is that of the answer, and no more
   * of them than it takes. Only traces whose rows may be outdated, or came before the trace, are
   * looked up.
   */
  private ResultQuery<?> pageOf(Section section, String value, Field<String> column, long limit) {
    List<Condition> within = new ArrayList<>();
    addTimes(within);
    addPosition(within);
    Condition named = SECTION.eq(section).and(NAME.eq(value));
    Select<Record1<UUID>> early = select(TRACE_ID).from(RECORDS).where(named, DAY.eq(Day.EARLY));
    ResultQuery<?> inOrder =
        firstOfEach(
            select(TRACE_ID, AGE)
                .from(RECORDS)
                .where(named, DAY.ne(Day.EARLY), and(within), TRACE_ID.notIn(repeated()))
                .orderBy(ORDER),
            AGE,
            TRACE_ID);
    Select<?> lookedUp =
        select(TRACE_ID, AGE)
            .from(RECORDS)
            .where(BY_TIME, and(within))
            .and(
                TRACE_ID
                    .in(early)
                    .and(TRACE_ID.notIn(repeated()))
                    .or(TRACE_ID.in(checked(column, NEWEST.eq(value)))));
    Table<?> all = rowsOf(unionAll(endingWithPage(first(inOrder, end(limit)), limit), lookedUp));
    Select<?> sorted = select(TRACE_ID, AGE).from(all).orderBy(AGE, TRACE_ID);
    return SqlTemplates.page(firstOfEach(sorted, AGE, TRACE_ID), limit, query.offset());
  }

  /**
   * The distinct names of a section in the time of the query: those that rows say for sure, or
   * those of which a row may be outdated, or came before the trace.
   */
  Select<Record1<String>> names(Section section, boolean sure) {
    Condition inTime = times().and(DAY.ne(Day.EARLY));
    Condition wanted =
        sure
            ? inTime.and(TRACE_ID.notIn(repeated()))
            : DAY.eq(Day.EARLY).or(inTime.and(TRACE_ID.in(repeated())));
    return selectDistinct(NAME).from(RECORDS).where(SECTION.eq(section), wanted);
  }

  /** The distinct flows in the time of the query. */
  Select<Record1<String>> flows() {
    return selectDistinct(NAME).from(RECORDS).where(SECTION.eq(Section.FLOW), times());
  }

  /** The distinct environments in the time of the query; traces may have others by now. */
  Select<Record1<String>> environments() {
    return selectDistinct(ENVIRONMENT).from(RECORDS).where(BY_TIME, times());
  }

  /** How many traces match. */
  Select<?> count() {
    List<Condition> changing = changing();
    if (changing.isEmpty()) {
      return select(DSL.count())
          .from(select(one()).from(RECORDS).where(fixed()).groupBy(ORDER).asTable("traces"));
    }
    Field<Object> newest = newestOf(CHANGING, REV).as("newest");
    Table<?> traces = select(newest).from(RECORDS).where(fixed()).groupBy(ORDER).asTable("traces");
    List<Field<?>> columns = new ArrayList<>();
    for (Field<?> column : CHANGING) {
      columns.add(element(newest, columns.size() + 1, column));
    }
    return select(DSL.count())
        .from(select(columns).from(traces).asTable("filtered"))
        .where(changing);
  }

  private List<Condition> fixed() {
    List<Condition> all = new ArrayList<>();
    String flow = query.flowId();
    all.add(flow == null ? BY_TIME : ofFlow(flow));
    if (query.executionId() != null) {
      all.add(EXECUTION_ID.eq(query.executionId().value()));
    }
    addTimes(all);
    addPosition(all);
    addEvents(all);
    return all;
  }

  private void addPosition(List<Condition> all) {
    TraceQuery.Position after = query.after();
    if (after != null) {
      long age = ~EpochNanos.of(after.startTime());
      all.add(AGE.ge(age));
      all.add(AGE.gt(age).or(TRACE_ID.gt(after.traceId().value())));
      all.add(DAY.le(Day.of(~age)));
    }
  }

  private Condition times() {
    List<Condition> within = new ArrayList<>();
    addTimes(within);
    return and(within);
  }

  private void addTimes(List<Condition> all) {
    if (query.startedFrom() != null) {
      long from = EpochNanos.of(query.startedFrom());
      all.add(AGE.le(~from));
      all.add(DAY.ge(Day.of(from)));
    }
    if (query.startedTo() != null) {
      long to = EpochNanos.of(query.startedTo());
      all.add(AGE.ge(~to));
      all.add(DAY.le(Day.of(to)));
    }
  }

  private List<Condition> changing() {
    List<Condition> all = new ArrayList<>();
    if (query.failedWith() != null) {
      all.add(STATUS.eq(Status.FAILED));
      all.add(ERROR.eq(query.failedWith()));
    } else if (query.status() != null) {
      all.add(STATUS.eq(StatusCode.of(query.status())));
    }
    all.addAll(durations(DURATION_NS));
    addText(all, ENVIRONMENT, query.environment());
    addText(all, USER_ID, query.userId());
    addText(all, SESSION_ID, query.sessionId());
    query
        .tags()
        .forEach(
            (key, value) -> all.add(hasPair(TAGS, val(key, Types.TEXT), val(value, Types.TEXT))));
    return all;
  }

  private List<Condition> durations(Field<Long> duration) {
    List<Condition> all = new ArrayList<>();
    if (query.minDuration() != null) {
      all.add(duration.ge(query.minDuration().toNanos()));
    }
    if (query.maxDuration() != null) {
      all.add(duration.between(0L, query.maxDuration().toNanos()));
    }
    return all;
  }

  private static void addText(List<Condition> all, Field<String> column, @Nullable String value) {
    if (value != null) {
      all.add(column.eq(value));
    }
  }

  private void addEvents(List<Condition> all) {
    if (query.actor() != null) {
      String actor = query.actor();
      all.add(hasEvent(Section.ACTOR, NAME.eq(actor), ACTOR_ID, NEWEST.eq(actor)));
    }
    if (query.actorContains() != null) {
      Field<String> part = val(query.actorContains(), Types.TEXT);
      all.add(hasEvent(Section.ACTOR, contains(NAME, part), ACTOR_ID, contains(NEWEST, part)));
    }
    if (query.eventType() != null) {
      String type = query.eventType();
      all.add(hasEvent(Section.TYPE, NAME.eq(type), EVENT_TYPE, NEWEST.eq(type)));
    }
    lookups.forEach(lookup -> all.add(hasTerm(lookup)));
    if (searchesAttributes()) {
      query.attributes().forEach((key, value) -> all.add(hasEventWith(attribute(key, value))));
      query.attributeKeys().forEach(key -> all.add(hasEventWith(attribute(key))));
    }
  }

  /**
   * Traces that have such an event. Where an event was stored again, a row that says so may be
   * outdated: of those traces all events are looked at.
   */
  private Condition hasEvent(
      Section section, Condition named, Field<String> column, Condition ofNewest) {
    Select<Record1<UUID>> candidates =
        select(TRACE_ID).from(RECORDS).where(SECTION.eq(section), named, days());
    return TRACE_ID
        .in(candidates)
        .and(TRACE_ID.notIn(repeated()))
        .or(TRACE_ID.in(checked(column, ofNewest)));
  }

  /**
   * Traces that may have an event with such data. The start of most is in their rows of terms, by
   * which the server finds the rows of traces without reading all.
   */
  private Condition hasTerm(DataTerms.Lookup lookup) {
    Condition named = ofTerms(lookup.all());
    Condition stored = and(named, days(), DAY.ne(Day.EARLY));
    return AGE.in(select(AGE).from(RECORDS).where(stored))
        .and(TRACE_ID.in(select(TRACE_ID).from(RECORDS).where(stored)))
        .or(TRACE_ID.in(select(TRACE_ID).from(RECORDS).where(named, DAY.eq(Day.EARLY))));
  }

  /** Traces of which an event, perhaps an outdated one, is such. */
  private Condition hasEventWith(Condition ofEvent) {
    return TRACE_ID.in(
        select(TRACE_ID).from(RECORDS).where(TRACE_ROWS, notEmpty(IDS), days(), ofEvent));
  }

  private static Condition attribute(String key) {
    return hasKey(ATTRIBUTES, val(key, Types.TEXT));
  }

  /** Equal numbers may be written in several ways: they are compared where they are read. */
  private static Condition attribute(String key, JsonValue value) {
    return value instanceof JsonValue.JsonNumber
        ? attribute(key)
        : hasPair(ATTRIBUTES, val(key, Types.TEXT), val(JsonText.write(value), Types.TEXT));
  }

  private Select<Record1<UUID>> repeated() {
    return select(TRACE_ID).from(RECORDS).where(REPEATED, days());
  }

  /** Of the traces with outdated rows those in which the newest version of an event matches. */
  private Select<Record1<UUID>> checked(Field<String> column, Condition ofNewest) {
    return select(TRACE_ID)
        .from(
            select(TRACE_ID, maxBy(column, REV).as(NEWEST))
                .from(RECORDS)
                .where(TRACE_ROWS, notEmpty(IDS), TRACE_ID.in(repeated()))
                .groupBy(TRACE_ID, idAt(IDS, 1))
                .asTable("events"))
        .where(ofNewest);
  }

  /** The partitions in which rows of matching traces may be. */
  private Condition days() {
    TraceQuery.Position after = query.after();
    Integer first = query.startedFrom() == null ? null : Day.of(EpochNanos.of(query.startedFrom()));
    Integer last = query.startedTo() == null ? null : Day.of(EpochNanos.of(query.startedTo()));
    if (after != null) {
      int day = Day.of(EpochNanos.of(after.startTime()));
      last = last == null ? day : Math.min(last, day);
    }
    if (first == null && last == null) {
      return noCondition();
    }
    return and(
            first == null ? noCondition() : DAY.ge(first),
            last == null ? noCondition() : DAY.le(last))
        .or(DAY.eq(Day.EARLY));
  }
}
