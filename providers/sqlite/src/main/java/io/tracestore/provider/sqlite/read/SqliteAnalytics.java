package io.tracestore.provider.sqlite.read;

import static io.tracestore.provider.sqlite.jooq.Tables.EVENTS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.schema.Dictionary.keyOf;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.lowerHalf;
import static io.tracestore.provider.sqlite.sql.SqlTemplates.upperHalf;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.provider.sqlite.jooq.tables.Events;
import io.tracestore.provider.sqlite.sql.Binder;
import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.DoubleSums;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.provider.support.LongSums;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Select;
import org.jspecify.annotations.Nullable;

/** Adds up the columns of {@code events}; no body is read. */
public final class SqliteAnalytics {
  /** The events that count. */
  private static final Events E = EVENTS.as("e");

  /** The events that sent what others received. */
  private static final Events SENT = EVENTS.as("sent");

  private static final FilteredSelect ROWS =
      new FilteredSelect(filters -> rows(List.of(), filters));

  /** The same with the metrics that few queries ask for. */
  private static final FilteredSelect ROWS_WITH_METRICS =
      new FilteredSelect(filters ->
          rows(List.of(E.MEMORY_BYTES, E.CPU_PERCENT, E.QUEUE_DEPTH, E.THROUGHPUT), filters));

  private static final FilteredSelect DATA_FLOWS = new FilteredSelect(SqliteAnalytics::dataFlows);
  private static final FilteredSelect RECEIPTS = new FilteredSelect(SqliteAnalytics::receipts);

  /** The conditions that a query may have, each with one parameter. */
  private enum Filter {
    FROM,
    TO,
    FLOW,
    ACTOR,
    TYPE,
    SENT_TYPE;

    Condition condition() {
      return switch (this) {
        case FROM -> E.TS_NS.ge(param(E.TS_NS));
        case TO -> E.TS_NS.le(param(E.TS_NS));
        case FLOW ->
            E.TRACE_KEY.in(
                select(TRACES.TRACE_KEY)
                    .from(TRACES)
                    .where(TRACES.FLOW.eq(keyOf(param(String.class)))));
        case ACTOR -> E.ACTOR.eq(keyOf(param(String.class)));
        case TYPE -> E.TYPE.eq(keyOf(param(String.class)));
        case SENT_TYPE -> SENT.TYPE.eq(keyOf(param(String.class)));
      };
    }
  }

  private SqliteAnalytics() {}

  public static List<EventMetrics> metrics(SqliteTraceReader session, EventMetricsQuery query)
      throws SQLException {
    Map<Filter, Object> filters = new EnumMap<>(Filter.class);
    putTime(filters, query.from(), query.to());
    putText(filters, Filter.FLOW, query.flowId());
    putText(filters, Filter.ACTOR, query.actorId());
    putText(filters, Filter.TYPE, query.eventType());
    EventMetricsCollector collector = new EventMetricsCollector(query);
    boolean others = query.metrics().size() > 1;
    try (ResultSet row = (others ? ROWS_WITH_METRICS : ROWS).run(session, filters)) {
      while (row.next()) {
        EventMetricsCollector.Group group =
            collector.groupAt(
                row.getLong(1), session.name(row.getLong(2)), session.name(row.getLong(3)));
        group.addEvent(row.getLong(4));
        long executionNs = row.getLong(5);
        if (!row.wasNull()) {
          group.addExecutionTime(executionNs);
        }
        if (others) {
          addOthers(row, query.metrics(), group);
        }
      }
    }
    return collector.result();
  }

  private static void addOthers(
      ResultSet row, Set<PerformanceMetric> asked, EventMetricsCollector.Group group)
      throws SQLException {
    if (asked.contains(PerformanceMetric.MEMORY_USAGE)) {
      add(row, 6, group.memoryUsageBytes());
    }
    if (asked.contains(PerformanceMetric.CPU_USAGE)) {
      add(row, 7, group.cpuUsagePercent());
    }
    if (asked.contains(PerformanceMetric.QUEUE_DEPTH)) {
      add(row, 8, group.queueDepth());
    }
    if (asked.contains(PerformanceMetric.THROUGHPUT)) {
      add(row, 9, group.throughputMsgsPerSec());
    }
  }

  private static void add(ResultSet row, int column, LongSums sums) throws SQLException {
    long value = row.getLong(column);
    if (!row.wasNull()) {
      sums.add(value);
    }
  }

  private static void add(ResultSet row, int column, DoubleSums sums) throws SQLException {
    double value = row.getDouble(column);
    if (!row.wasNull()) {
      sums.add(value);
    }
  }

  public static List<ActorEdge> graph(SqliteTraceReader session, ActorGraphQuery query)
      throws SQLException {
    Map<Filter, Object> filters = new EnumMap<>(Filter.class);
    putTime(filters, query.from(), query.to());
    putText(filters, Filter.FLOW, query.flowId());
    ActorGraphCollector collector = new ActorGraphCollector(query);
    addEdges(collector, session, DATA_FLOWS.run(session, filters));
    filters.put(Filter.SENT_TYPE, "MessageSent");
    addEdges(collector, session, RECEIPTS.run(session, filters));
    return collector.result();
  }

  private static void addEdges(
      ActorGraphCollector collector, SqliteTraceReader session, ResultSet edges)
      throws SQLException {
    try (edges) {
      while (edges.next()) {
        collector.add(
            session.name(edges.getLong(1)),
            session.name(edges.getLong(2)),
            edges.getLong(3),
            BigInteger.valueOf(edges.getLong(4))
                .shiftLeft(Integer.SIZE)
                .add(BigInteger.valueOf(edges.getLong(5))),
            edges.getLong(6));
      }
    }
  }

  private static void putTime(
      Map<Filter, Object> filters, @Nullable Instant from, @Nullable Instant to) {
    if (from != null) {
      filters.put(Filter.FROM, EpochNanos.of(from));
    }
    if (to != null) {
      filters.put(Filter.TO, EpochNanos.of(to));
    }
  }

  private static void putText(Map<Filter, Object> filters, Filter filter, @Nullable String text) {
    if (text != null) {
      filters.put(filter, text);
    }
  }

  /** The events that count. SQLite sorts for GROUP BY, so Java adds up single rows instead. */
  private static Select<?> rows(List<Field<?>> metrics, Condition filters) {
    return select(E.TS_NS, E.ACTOR, E.TYPE, E.MESSAGE_BYTES, E.EXECUTION_NS)
        .select(metrics)
        .from(E)
        .where(filters);
  }

  private static Select<?> dataFlows(Condition filters) {
    return select(
            E.ACTOR,
            E.TO_ACTOR,
            count(),
            sum(upperHalf(E.MESSAGE_BYTES)),
            sum(lowerHalf(E.MESSAGE_BYTES)),
            sum(E.FAILED))
        .from(E)
        .where(E.TO_ACTOR.isNotNull())
        .and(filters)
        .groupBy(E.ACTOR, E.TO_ACTOR);
  }

  private static Select<?> receipts(Condition filters) {
    Field<Long> bytes = coalesce(E.MESSAGE_BYTES, SENT.MESSAGE_BYTES);
    return select(
            SENT.ACTOR,
            E.ACTOR,
            count(),
            sum(upperHalf(bytes)),
            sum(lowerHalf(bytes)),
            sum(E.FAILED))
        .from(E)
        .crossJoin(SENT) // SQLite reads the left side first
        .where(SENT.TRACE_KEY.eq(E.TRACE_KEY))
        .and(SENT.EVENT_ID.eq(E.SENT_BY))
        .and(E.SENT_BY.isNotNull())
        .and(filters)
        .groupBy(SENT.ACTOR, E.ACTOR);
  }

  /** A select, rendered once for each set of filters. Safe for many threads. */
  private static final class FilteredSelect {
    private final Function<Condition, Select<?>> select;
    private final Map<Set<Filter>, Rendered> rendered = new ConcurrentHashMap<>();

    FilteredSelect(Function<Condition, Select<?>> select) {
      this.select = select;
    }

    /** Runs the select with the values of some filters. */
    ResultSet run(SqliteTraceReader session, Map<Filter, Object> filters) throws SQLException {
      PreparedStatement prepared =
          session.prepare(rendered.computeIfAbsent(Set.copyOf(filters.keySet()), this::render));
      Binder.of(prepared).all(List.copyOf(filters.values()));
      return prepared.executeQuery();
    }

    private Rendered render(Set<Filter> filters) {
      // In the order of their values.
      Condition all =
          filters.stream().sorted().map(Filter::condition).reduce(noCondition(), Condition::and);
      return Rendered.of(select.apply(all));
    }
  }
}
