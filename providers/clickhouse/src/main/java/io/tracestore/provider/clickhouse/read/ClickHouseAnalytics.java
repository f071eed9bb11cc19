package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.ACTOR_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.EVENT_TYPE;
import static io.tracestore.provider.clickhouse.jooq.Records.FLAGS;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.MSG_SIZE;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.TO_ACTOR;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.schema.Sections.REPEATED;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.schema.Sections.ofFlow;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.firstOfEach;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.hasFlag;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.rowsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sum128;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.when;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.connect.Settings;
import io.tracestore.provider.clickhouse.schema.EventFlags;
import io.tracestore.provider.clickhouse.sql.Types;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.provider.support.EventMetricsCollector.Group;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.SelectConditionStep;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/**
 * Adds up events in the server. Each event counts once, in its newest version: rows of traces in
 * which none was stored again are taken as they are, those of the others are compared first.
 *
 * <p>A statement may hold lists of traces, both ends of each message, and all versions of repeated
 * events in the server's memory. Where these are many, it is asked for one range of trace ids after
 * the other, so that its memory does not grow with the store.
 */
public final class ClickHouseAnalytics {
  /**
   * The bytes that a row takes in the server's memory where it is joined, compared or listed;
   * estimated high.
   */
  private static final long BYTES_OF_A_ROW = 1_000;

  /** The id of the message that an event is an end of. */
  private static final Field<UUID> ID = field(name("id"), Types.ID);

  private static final String DATA_FLOW = TraceEventType.DataFlow.TYPE_NAME;
  private static final String MESSAGE_RECEIVED = TraceEventType.MESSAGE_RECEIVED.typeName();
  private static final String MESSAGE_SENT = TraceEventType.MESSAGE_SENT.typeName();

  private final Server server;
  private final @Nullable Rollup rollup;

  /** How many rows a statement may hold. */
  private final long mostRows;

  /** For statements that may hold about as many. */
  private final Map<String, String> bounded;

  /**
   * @param rollup null to look at every event
   */
  public ClickHouseAnalytics(Server server, @Nullable Rollup rollup) {
    this.server = server;
    this.rollup = rollup;
    this.mostRows = server.maxMemoryUsage() / BYTES_OF_A_ROW;
    this.bounded = Settings.boundedBy(server.maxMemoryUsage());
  }

  public List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    List<TraceRange> ranges = ranges(query.flowId(), null);
    // Kept sums are of all traces, and so must be what corrects them.
    return rollup != null && rollup.covers(query) && ranges.size() == 1
        ? rollup.eventMetrics(server, query).orElseGet(() -> metricsOfEvents(query, ranges))
        : metricsOfEvents(query, ranges);
  }

  private List<EventMetrics> metricsOfEvents(EventMetricsQuery query, List<TraceRange> ranges) {
    return collect(
            ranges,
            range -> metrics(query, range),
            ranges.size() == 1 ? Map.of() : bounded,
            () -> new EventMetricsCollector(query),
            row -> readMetrics(query.metrics(), row))
        .result();
  }

  private Select<?> metrics(EventMetricsQuery query, TraceRange range) {
    Condition matching =
        and(
            within(query.from(), query.to()),
            query.actorId() == null ? noCondition() : ACTOR_ID.eq(query.actorId()),
            query.eventType() == null ? noCondition() : EVENT_TYPE.eq(query.eventType()));
    Field<Long> bucket = EventSums.step(query.bucket().toNanos()).as("bucket");
    Field<Integer> timeClass = EventSums.TIME_CLASS.as("class");
    List<Field<?>> columns = new ArrayList<>(List.of(TS, ACTOR_ID, EVENT_TYPE, FLAGS, MSG_SIZE));
    query.metrics().forEach(metric -> columns.add(EventSums.column(metric)));
    return select(bucket, ACTOR_ID, EVENT_TYPE, timeClass, count())
        .select(EventSums.SUMS)
        .select(EventSums.of(query.metrics()))
        .from(newest(columns, query.flowId(), matching, range).asTable("events"))
        .groupBy(bucket, ACTOR_ID, EVENT_TYPE, timeClass);
  }

  private static Consumer<EventMetricsCollector> readMetrics(
      Set<PerformanceMetric> asked, RowInput row) throws IOException {
    long bucket = row.i64();
    String actorId = row.text();
    String eventType = row.text();
    int timeClass = row.u16();
    long count = row.i64();
    BigInteger executionNs = row.u128();
    long maxExecutionNs = row.i64();
    BigInteger messageBytes = row.u128();
    List<Consumer<Group>> others = EventSums.read(asked, row);
    return all -> {
      Group group = all.group(bucket, actorId, eventType);
      group.addEvents(count, messageBytes);
      if (timeClass > 0) {
        group.addExecutionTimes(timeClass - 1, count, executionNs, maxExecutionNs);
      }
      others.forEach(sums -> sums.accept(group));
    };
  }

  public List<ActorEdge> actorGraph(ActorGraphQuery query) {
    Condition within = within(query.from(), query.to());
    Condition messages = EVENT_TYPE.in(DATA_FLOW, MESSAGE_RECEIVED, MESSAGE_SENT).and(within);
    return collect(
            ranges(query.flowId(), messages),
            range -> graph(query, within, range),
            bounded,
            () -> new ActorGraphCollector(query),
            ClickHouseAnalytics::readEdge)
        .result();
  }

  private Select<?> graph(ActorGraphQuery query, Condition within, TraceRange range) {
    Table<?> flows = events(query, EVENT_TYPE.eq(DATA_FLOW).and(within), range);
    Condition isReceipt =
        and(EVENT_TYPE.eq(MESSAGE_RECEIVED), hasFlag(FLAGS, EventFlags.PARENT), within);
    Table<?> received =
        select(TRACE_ID, idAt(IDS, 2).as(ID), ACTOR_ID, FLAGS, MSG_SIZE)
            .from(events(query, isReceipt, range))
            .asTable("received");
    Condition isSent = EVENT_TYPE.eq(MESSAGE_SENT).and(ofReceipts(query, within, range));
    Table<?> sent =
        select(TRACE_ID, idAt(IDS, 1).as(ID), ACTOR_ID, MSG_SIZE)
            .from(events(query, isSent, range))
            .asTable("sent");
    Field<String> sender = sent.field(ACTOR_ID).as("sender");
    Field<String> receiver = received.field(ACTOR_ID).as("receiver");
    Field<Long> size =
        when(hasFlag(received.field(FLAGS), EventFlags.MESSAGE), received.field(MSG_SIZE))
            .else_(sent.field(MSG_SIZE));
    return select(ACTOR_ID, TO_ACTOR, count(), sum128(MSG_SIZE), countOf(hasError(FLAGS)))
        .from(flows)
        .groupBy(ACTOR_ID, TO_ACTOR)
        .unionAll(
            select(
                    sender,
                    receiver,
                    count(),
                    sum128(size),
                    countOf(hasError(received.field(FLAGS))))
                .from(received)
                .join(sent)
                .on(
                    received.field(TRACE_ID).eq(sent.field(TRACE_ID)),
                    received.field(ID).eq(sent.field(ID)))
                .groupBy(sender, receiver));
  }

  private static Condition hasError(Field<Integer> flags) {
    return hasFlag(flags, EventFlags.ERROR);
  }

  private static Field<Integer> countOf(Condition rows) {
    return count().filterWhere(rows);
  }

  /** The columns that the graph needs, of the newest versions of some events. */
  private static Table<?> events(ActorGraphQuery query, Condition matching, TraceRange range) {
    List<Field<?>> columns =
        List.of(TRACE_ID, IDS, TS, EVENT_TYPE, ACTOR_ID, TO_ACTOR, FLAGS, MSG_SIZE);
    return newest(columns, query.flowId(), matching, range).asTable("events");
  }

  private static Consumer<ActorGraphCollector> readEdge(RowInput row) throws IOException {
    String from = row.text();
    String to = row.text();
    long count = row.i64();
    BigInteger bytes = row.u128();
    long errors = row.i64();
    return all -> all.add(from, to, count, bytes, errors);
  }

  /**
   * Reads one row.
   *
   * @param <C> what it is added to
   */
  @FunctionalInterface
  private interface Row<C> {
    Consumer<C> read(RowInput in) throws IOException;
  }

  /** Adds up what is answered for each range. */
  private <C> C collect(
      List<TraceRange> ranges,
      Function<TraceRange, Select<?>> statement,
      Map<String, String> settings,
      Supplier<C> none,
      Row<C> row) {
    C all = none.get();
    for (TraceRange range : ranges) {
      List<Consumer<C>> sums =
          server.query(statement.apply(range), settings, in -> readAll(in, none.get(), row));
      sums.forEach(sum -> sum.accept(all));
    }
    return all;
  }

  /**
   * An answer that breaks off is read again, so it is added up only when it is whole.
   *
   * @param bound refuses what has too many rows
   */
  private static <C> List<Consumer<C>> readAll(RowInput in, C bound, Row<C> row)
      throws IOException {
    List<Consumer<C>> sums = new ArrayList<>();
    while (in.hasNext()) {
      Consumer<C> sum = row.read(in);
      sum.accept(bound);
      sums.add(sum);
    }
    return sums;
  }

  /**
   * Ranges of traces for which a statement fits into its memory.
   *
   * @param joined which events it joins; null for none
   */
  private List<TraceRange> ranges(@Nullable String flowId, @Nullable Condition joined) {
    List<Condition> held = new ArrayList<>();
    held.add(REPEATED);
    if (flowId != null) {
      held.add(ofFlow(flowId));
    }
    if (joined != null) {
      held.add(and(TRACE_ROWS, notEmpty(IDS), joined));
    }
    List<TraceRange> ranges = TraceRange.ALL.divide(server, held, mostRows);
    boolean repeats = server.query(repeated(TraceRange.ALL).limit(1), row -> row.hasNext());
    return repeats ? ranges.stream().flatMap(this::divideByRepeated).toList() : ranges;
  }

  /** All versions of events are compared where any event of a trace was stored again. */
  private Stream<TraceRange> divideByRepeated(TraceRange range) {
    Condition compared = TRACE_ROWS.and(TRACE_ID.in(repeated(range)));
    return range.divide(server, List.of(compared), mostRows).stream();
  }

  /** Within a range of time, only what was received in it needs what was sent. */
  private static Condition ofReceipts(ActorGraphQuery query, Condition within, TraceRange range) {
    return query.from() == null && query.to() == null
        ? noCondition()
        : TRACE_ID.in(
            select(TRACE_ID)
                .from(RECORDS)
                .where(TRACE_ROWS, EVENT_TYPE.eq(MESSAGE_RECEIVED), within, range.rows()));
  }

  private static Condition within(@Nullable Instant from, @Nullable Instant to) {
    return and(
        from == null ? noCondition() : nanos(TS).ge(EpochNanos.of(from)),
        to == null ? noCondition() : nanos(TS).le(EpochNanos.of(to)));
  }

  private static SelectConditionStep<Record1<UUID>> repeated(TraceRange range) {
    return select(TRACE_ID).from(RECORDS).where(REPEATED, range.rows());
  }

  /** The newest versions of the events in {@code range} that match. */
  private static Select<?> newest(
      List<Field<?>> columns, @Nullable String flowId, Condition matching, TraceRange range) {
    Condition events =
        and(
            TRACE_ROWS,
            range.rows(),
            notEmpty(IDS),
            flowId == null
                ? noCondition()
                : TRACE_ID.in(select(TRACE_ID).from(RECORDS).where(ofFlow(flowId), range.rows())));
    Select<Record> versions =
        select(columns)
            .from(RECORDS)
            .where(events, TRACE_ID.in(repeated(range)))
            .orderBy(TRACE_ID, idAt(IDS, 1), REV.desc());
    return select(columns)
        .from(RECORDS)
        .where(events, TRACE_ID.notIn(repeated(range)), matching)
        .unionAll(
            select(columns)
                .from(rowsOf(firstOfEach(versions, TRACE_ID, idAt(IDS, 1))))
                .where(matching));
  }
}
