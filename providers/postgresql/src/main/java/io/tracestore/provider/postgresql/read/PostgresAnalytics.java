package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.read.PostgresQueryPlan.T;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.bits;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.when;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.jooq.tables.Names;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.EscapedText;
import io.tracestore.provider.postgresql.schema.HourRange;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.DoubleSums;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.provider.support.EventMetricsCollector.Group;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Param;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Sums over events, made by the server. Each answer is of one moment, and its rows are fetched in
 * pieces.
 */
public final class PostgresAnalytics {
  private static final int FETCHED_ROWS = 2000;
  private static final int MOST_ATTEMPTS = 3;
  private static final HourRange ALL = new HourRange(Integer.MIN_VALUE, Integer.MAX_VALUE);
  private static final Events E = EVENTS.as("e");

  /** The event that sent the message which an event received. */
  private static final Events CAUSE = EVENTS.as("c");

  private final Connections connections;
  private final Partitions partitions;

  public PostgresAnalytics(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
  }

  public List<EventMetrics> metrics(EventMetricsQuery query) {
    Set<PerformanceMetric> asked = query.metrics();
    return summed(session -> {
      EventMetricsCollector collector = new EventMetricsCollector(query);
      forEachRow(
          session,
          range -> events(session, query, range),
          row -> addEvents(row, asked, groupOf(row, collector)));
      if (asked.contains(PerformanceMetric.CPU_USAGE)) {
        forEachRow(
            session,
            range -> reals(session, query, E.CPU_PERCENT, range),
            row -> addReals(row, groupOf(row, collector).cpuUsagePercent()));
      }
      if (asked.contains(PerformanceMetric.THROUGHPUT)) {
        forEachRow(
            session,
            range -> reals(session, query, E.THROUGHPUT, range),
            row -> addReals(row, groupOf(row, collector).throughputMsgsPerSec()));
      }
      return collector.result();
    });
  }

  private static Group groupOf(ResultSet row, EventMetricsCollector collector) throws SQLException {
    return collector.group(
        row.getLong(1),
        EscapedText.unescape(row.getString(2)),
        EscapedText.unescape(row.getString(3)));
  }

  private static void addEvents(ResultSet row, Set<PerformanceMetric> asked, Group group)
      throws SQLException {
    int latencyClass = row.getInt(4);
    boolean timed = !row.wasNull();
    long events = row.getLong(5);
    group.addEvents(events, whole(row, 6));
    if (timed) {
      group.addExecutionTimes(latencyClass, events, whole(row, 7), row.getLong(8));
    }
    if (asked.contains(PerformanceMetric.MEMORY_USAGE)) {
      group.memoryUsageBytes().add(row.getLong(9), whole(row, 10), row.getLong(11));
    }
    if (asked.contains(PerformanceMetric.QUEUE_DEPTH)) {
      group.queueDepth().add(row.getLong(12), whole(row, 13), row.getLong(14));
    }
  }

  private static void addReals(ResultSet row, DoubleSums sums) throws SQLException {
    sums.count(row.getLong(5), row.getDouble(7));
    sums.addSum(row.getInt(4), whole(row, 6));
  }

  private static BigInteger whole(ResultSet row, int column) throws SQLException {
    return row.getBigDecimal(column).toBigIntegerExact();
  }

  /** The statement, with its values in it, to look at its plan. */
  static String statement(Session session, EventMetricsQuery query) throws SQLException {
    return session.renderer().withValues(events(session, query, ALL));
  }

  /** Sums by class of execution time, with those of the other metrics that are whole numbers. */
  private static Select<?> events(Session session, EventMetricsQuery query, HourRange range)
      throws SQLException {
    List<Field<?>> sums = new ArrayList<>();
    sums.add(count().as("events"));
    sums.add(total(E.MESSAGE_SIZE).as("bytes"));
    sums.add(total(E.EXECUTION_NS).as("total_ns"));
    sums.add(max(E.EXECUTION_NS).as("max_ns"));
    if (query.metrics().size() > 1) {
      for (Field<Long> metric : List.of(E.MEMORY_BYTES, E.QUEUE_DEPTH)) {
        sums.add(count(metric).as("count_" + metric.getName()));
        sums.add(total(metric).as("total_" + metric.getName()));
        sums.add(max(metric).as("max_" + metric.getName()));
      }
    }
    return sums(session, query, range, E.LATENCY_CLASS, sums, DSL.noCondition());
  }

  /** Exact sums of real numbers: by their sign and exponent, they are whole ones. */
  private static Select<?> reals(
      Session session, EventMetricsQuery query, Field<? extends Number> metric, HourRange range)
      throws SQLException {
    Field<Long> bits = bits(metric);
    Field<Long> implied =
        when(bits.bitAnd(constant(0x7FFL << 52)).eq(constant(0L)), constant(0L))
            .otherwise(constant(1L << 52));
    Field<Long> significand = bits.bitAnd(constant((1L << 52) - 1)).add(implied);
    return sums(
        session,
        query,
        range,
        bits.shr(constant(52)).as("sign_and_exponent"),
        List.of(
            count().as("samples"),
            sum(significand).as("total"),
            max(metric.cast(SQLDataType.DOUBLE)).as("greatest")),
        metric.isNotNull());
  }

  /** Sums by bucket, actor, type and one more column. */
  private static Select<?> sums(
      Session session,
      EventMetricsQuery query,
      HourRange range,
      Field<?> by,
      List<Field<?>> sums,
      Condition rows)
      throws SQLException {
    Param<Long> width = constant(query.bucket().toNanos());
    Field<Integer> isBefore1970 = E.TS_NS.mod(width).lt(constant(0L)).cast(SQLDataType.INTEGER);
    Field<Long> bucket = E.TS_NS.div(width).sub(isBefore1970).as("bucket");
    Names actor = NAMES.as("a");
    Names type = NAMES.as("t");
    return select(Columns.of("s", bucket), actor.NAME, type.NAME, Columns.of("s", by))
        .select(sums.stream().map(sum -> Columns.of("s", sum)).toList())
        .from(
            select(bucket, E.ACTOR, E.EVENT_TYPE, by)
                .select(sums)
                .from(E)
                .where(matching(session, query, range))
                .and(Hours.within(E.START_HOUR, range))
                .and(rows)
                .groupBy(bucket, E.ACTOR, E.EVENT_TYPE, by)
                .asTable("s"))
        .join(actor)
        .on(actor.NAME_ID.eq(Columns.of("s", E.ACTOR)))
        .join(type)
        .on(type.NAME_ID.eq(Columns.of("s", E.EVENT_TYPE)));
  }

  /** The sum; 0 of nothing. */
  private static Field<BigDecimal> total(Field<Long> column) {
    return coalesce(sum(column), constant(0));
  }

  private static Condition matching(Session session, EventMetricsQuery query, HourRange range)
      throws SQLException {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId(), range);
    List<Integer> facets = new ArrayList<>(2);
    addName(session, all, facets, E.ACTOR, Name.Kind.ACTOR, query.actorId());
    addName(session, all, facets, E.EVENT_TYPE, Name.Kind.EVENT_TYPE, query.eventType());
    boolean overAllTime = query.from() == null && query.to() == null && query.flowId() == null;
    if (overAllTime && !facets.isEmpty()) {
      all.add(ofTraces(T.FACETS.contains(facets.toArray(new Integer[0])), range));
    }
    return DSL.and(all);
  }

  /** Data flows, and receipts of messages whose sending is stored. */
  public List<ActorEdge> graph(ActorGraphQuery query) {
    return summed(session -> {
      int sent = sentType(session);
      ActorGraphCollector collector = new ActorGraphCollector(query);
      forEachRow(
          session,
          range -> graph(query, sent, range),
          row ->
              collector.add(
                  EscapedText.unescape(row.getString(1)),
                  EscapedText.unescape(row.getString(2)),
                  row.getLong(3),
                  row.getBigDecimal(4).toBigIntegerExact(),
                  row.getLong(5)));
      return collector.result();
    });
  }

  /** The statement, with its values in it, to look at its plan. */
  static String statement(Session session, ActorGraphQuery query) throws SQLException {
    return session.renderer().withValues(graph(query, sentType(session), ALL));
  }

  private static Select<?> graph(ActorGraphQuery query, int sent, HourRange range) {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId(), range);
    Condition matching = DSL.and(all).and(Hours.within(E.START_HOUR, range));
    Field<Integer> sender = E.ACTOR.as("sender");
    Field<Integer> receiver = E.TO_ACTOR.as("receiver");
    Table<?> messages =
        select(sender, receiver, E.MESSAGE_SIZE, E.HAS_ERROR)
            .from(E)
            .where(E.TO_ACTOR.isNotNull())
            .and(matching)
            .unionAll(
                select(
                        CAUSE.ACTOR,
                        E.ACTOR,
                        coalesce(E.MESSAGE_SIZE, CAUSE.MESSAGE_SIZE),
                        E.HAS_ERROR)
                    .from(E)
                    .join(CAUSE)
                    .on(CAUSE.TRACE_ID.eq(E.TRACE_ID))
                    .and(CAUSE.START_HOUR.eq(E.START_HOUR))
                    .and(CAUSE.EVENT_ID.eq(E.PARENT_ID))
                    .and(CAUSE.EVENT_TYPE.eq(constant(sent)))
                    .where(E.PARENT_ID.isNotNull())
                    .and(matching)
                    .and(Hours.within(CAUSE.START_HOUR, range)))
            .asTable("m");
    Field<Integer> count = count().as("messages");
    Field<BigDecimal> bytes = total(Columns.of("m", E.MESSAGE_SIZE)).as("bytes");
    Field<Integer> errors =
        count().filterWhere(condition(Columns.of("m", E.HAS_ERROR))).as("errors");
    Names from = NAMES.as("f");
    Names to = NAMES.as("t");
    return select(
            from.NAME,
            to.NAME,
            Columns.of("s", count),
            Columns.of("s", bytes),
            Columns.of("s", errors))
        .from(
            select(Columns.of("m", sender), Columns.of("m", receiver), count, bytes, errors)
                .from(messages)
                .groupBy(Columns.of("m", sender), Columns.of("m", receiver))
                .asTable("s"))
        .join(from)
        .on(from.NAME_ID.eq(Columns.of("s", sender)))
        .join(to)
        .on(to.NAME_ID.eq(Columns.of("s", receiver)));
  }

  /** No event has the number 0. */
  private static int sentType(Session session) throws SQLException {
    Name sent = new Name(Name.Kind.EVENT_TYPE, TraceEventType.MESSAGE_SENT.typeName());
    return Dictionary.find(session, sent).orElse(0);
  }

  private static void addTimes(List<Condition> all, @Nullable Instant from, @Nullable Instant to) {
    if (from != null) {
      all.add(E.TS_NS.ge(EpochNanos.of(from)));
    }
    if (to != null) {
      all.add(E.TS_NS.le(EpochNanos.of(to)));
    }
  }

  private static void addFlow(List<Condition> all, @Nullable String flowId, HourRange range) {
    if (flowId != null) {
      all.add(ofTraces(T.START_NS.isNotNull().and(PostgresQueryPlan.ofFlow(flowId)), range));
    }
  }

  private static void addName(
      Session session,
      List<Condition> all,
      List<Integer> facets,
      Field<Integer> column,
      Name.Kind kind,
      @Nullable String name)
      throws SQLException {
    if (name != null) {
      Optional<Integer> number = Dictionary.find(session, new Name(kind, name));
      number.ifPresent(facets::add);
      all.add(number.map(column::eq).orElse(DSL.falseCondition()));
    }
  }

  /**
   * Traces are found through their indexes, and events through theirs: no partition is read whole.
   */
  private static Condition ofTraces(Condition wanted, HourRange range) {
    Condition started =
        range.from() == Integer.MIN_VALUE
            ? DSL.trueCondition()
            : T.START_NS.between(range.firstNanos(), range.lastNanos());
    return DSL.row(E.TRACE_ID, E.START_HOUR)
        .in(DSL.select(T.TRACE_ID, T.START_HOUR).from(T).where(wanted, started));
  }

  /**
   * Computes a sum over all partitions at one moment. A sum that is read part by part is wrong if a
   * partition is dropped during the call; then it is computed again.
   */
  private <R> R summed(Connections.Work<R> sum) {
    for (int attempt = 1; ; attempt++) {
      PartitionList before = partitions.known();
      R result = connections.inSnapshot(sum);
      boolean inParts = before.ranges().size() > 1;
      if (!inParts || attempt == MOST_ATTEMPTS || isAsBefore(before)) {
        return result;
      }
    }
  }

  private boolean isAsBefore(PartitionList before) {
    return !before.hasOneThatIsNotIn(connections.call(partitions::look));
  }

  @FunctionalInterface
  private interface RangeQuery {
    Select<?> of(HourRange range) throws SQLException;
  }

  /**
   * Reads a few partitions at once. The server gives locks back before the end of a transaction
   * only when a part of it is rolled back.
   */
  private void forEachRow(Session session, RangeQuery query, Session.RowConsumer consumer)
      throws SQLException {
    List<HourRange> ranges = partitions.known(session).ranges();
    for (HourRange range : ranges) {
      Savepoint before = ranges.size() == 1 ? null : session.connection().setSavepoint();
      session.forEach(query.of(range), FETCHED_ROWS, consumer);
      if (before != null) {
        session.connection().rollback(before);
      }
    }
  }
}
