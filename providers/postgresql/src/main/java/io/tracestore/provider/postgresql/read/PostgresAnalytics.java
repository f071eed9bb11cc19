package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.EscapedText;
import io.tracestore.provider.postgresql.schema.HourRange;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.ResultQuery;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;
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

  private static final String METRICS =
      """
      SELECT s.bucket, a.name, t.name, s.latency_class, s.events, s.total_ns, s.max_ns, s.bytes
      FROM (
        SELECT e.ts_ns / {0} - (e.ts_ns % {0} < 0)::int AS bucket, e.actor, e.event_type,
          e.latency_class, count(*) AS events, sum(e.execution_ns) AS total_ns,
          max(e.execution_ns) AS max_ns, coalesce(sum(e.message_size), 0) AS bytes
        FROM SCHEMA.events e WHERE {1} AND {2} GROUP BY 1, 2, 3, 4) AS s
      JOIN SCHEMA.names a ON a.name_id = s.actor JOIN SCHEMA.names t ON t.name_id = s.event_type\
      """;

  /** Data flows, and receipts of messages whose sending is stored. */
  private static final String GRAPH =
      """
      SELECT f.name, t.name, s.messages, s.bytes, s.errors
      FROM (
        SELECT sender, receiver, count(*) AS messages, coalesce(sum(size), 0) AS bytes,
          count(*) FILTER (WHERE has_error) AS errors
        FROM (
          SELECT e.actor AS sender, e.to_actor AS receiver, e.message_size AS size, e.has_error
          FROM SCHEMA.events e WHERE e.to_actor IS NOT NULL AND {0} AND {2}
          UNION ALL
          SELECT c.actor, e.actor, coalesce(e.message_size, c.message_size), e.has_error
          FROM SCHEMA.events e JOIN SCHEMA.events c ON c.trace_id = e.trace_id AND c.start_hour = e.start_hour
            AND c.event_id = e.parent_id AND c.event_type = {1}
          WHERE e.parent_id IS NOT NULL AND {0} AND {2} AND {3}) AS messages
        GROUP BY 1, 2) AS s
      JOIN SCHEMA.names f ON f.name_id = s.sender JOIN SCHEMA.names t ON t.name_id = s.receiver\
      """;

  private final Connections connections;
  private final Partitions partitions;

  public PostgresAnalytics(Connections connections, Partitions partitions) {
    this.connections = connections;
    this.partitions = partitions;
  }

  public List<EventMetrics> metrics(EventMetricsQuery query) {
    return summed(connection -> {
      EventMetricsCollector collector = new EventMetricsCollector(query);
      forEachRow(
          connection,
          range -> metrics(connection, query, range),
          row ->
              collector.add(
                  row.getLong(1),
                  EscapedText.unescape(row.getString(2)),
                  EscapedText.unescape(row.getString(3)),
                  row.getInt(4),
                  row.getLong(5),
                  row.getBigDecimal(6).toBigIntegerExact(),
                  row.getLong(7),
                  row.getBigDecimal(8).toBigIntegerExact()));
      return collector.result();
    });
  }

  /** The statement, with its values in it, to look at its plan. */
  public static String statement(Connection connection, EventMetricsQuery query)
      throws SQLException {
    return metrics(connection, query, ALL).getSQL(ParamType.INLINED);
  }

  private static ResultQuery<?> metrics(
      Connection connection, EventMetricsQuery query, HourRange range) throws SQLException {
    return Statements.SQL.resultQuery(
        METRICS,
        DSL.inline(query.bucket().toNanos()),
        matching(connection, query, range),
        within("e", range));
  }

  private static Condition matching(Connection connection, EventMetricsQuery query, HourRange range)
      throws SQLException {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId(), range);
    List<Integer> facets = new ArrayList<>(2);
    addName(connection, all, facets, E.ACTOR, Name.Kind.ACTOR, query.actorId());
    addName(connection, all, facets, E.EVENT_TYPE, Name.Kind.EVENT_TYPE, query.eventType());
    boolean overAllTime = query.from() == null && query.to() == null && query.flowId() == null;
    if (overAllTime && !facets.isEmpty()) {
      all.add(
          ofTraces(
              DSL.condition("{0} @> {1}", TRACES.FACETS, DSL.val(facets.toArray(new Integer[0]))),
              range));
    }
    return DSL.and(all);
  }

  public List<ActorEdge> graph(ActorGraphQuery query) {
    return summed(connection -> {
      int sent = sentType(connection);
      ActorGraphCollector collector = new ActorGraphCollector(query);
      forEachRow(
          connection,
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
  public static String statement(Connection connection, ActorGraphQuery query) throws SQLException {
    return graph(query, sentType(connection), ALL).getSQL(ParamType.INLINED);
  }

  private static ResultQuery<?> graph(ActorGraphQuery query, int sent, HourRange range) {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId(), range);
    return Statements.SQL.resultQuery(
        GRAPH, DSL.and(all), DSL.inline(sent), within("e", range), within("c", range));
  }

  /** Events whose trace starts in {@code range}, and so their partitions alone. */
  private static Condition within(String alias, HourRange range) {
    return DSL.condition(Hours.within(alias + ".start_hour", range));
  }

  /** No event has the number 0. */
  private static int sentType(Connection connection) throws SQLException {
    Name sent = new Name(Name.Kind.EVENT_TYPE, TraceEventType.MESSAGE_SENT.typeName());
    return Dictionary.find(connection, sent).orElse(0);
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
      all.add(ofTraces(TRACES.START_NS.isNotNull().and(PostgresQueryPlan.ofFlow(flowId)), range));
    }
  }

  private static void addName(
      Connection connection,
      List<Condition> all,
      List<Integer> facets,
      Field<Integer> column,
      Name.Kind kind,
      @Nullable String name)
      throws SQLException {
    if (name != null) {
      Optional<Integer> number = Dictionary.find(connection, new Name(kind, name));
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
            : TRACES.START_NS.between(range.firstNanos(), range.lastNanos());
    return DSL.row(E.TRACE_ID, E.START_HOUR)
        .in(DSL.select(TRACES.TRACE_ID, TRACES.START_HOUR).from(TRACES).where(wanted, started));
  }

  /**
   * Computes a sum over all partitions at one moment. A sum that is read part by part is wrong if a
   * partition is dropped during the call; then it is computed again.
   */
  private <T> T summed(Connections.Work<T> sum) {
    for (int attempt = 1; ; attempt++) {
      PartitionList before = partitions.known();
      T result = connections.inSnapshot(sum);
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
    ResultQuery<?> of(HourRange range) throws SQLException;
  }

  /**
   * Reads a few partitions at once. The server gives locks back before the end of a transaction
   * only when a part of it is rolled back.
   */
  private void forEachRow(Connection connection, RangeQuery query, Statements.RowConsumer consumer)
      throws SQLException {
    List<HourRange> ranges = partitions.known(connection).ranges();
    for (HourRange range : ranges) {
      Savepoint before = ranges.size() == 1 ? null : connection.setSavepoint();
      Statements.forEach(connection, query.of(range), FETCHED_ROWS, consumer);
      if (before != null) {
        connection.rollback(before);
      }
    }
  }
}
