package io.tracestore.provider.postgresql;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.TraceEventType;
import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.math.BigInteger;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.ResultQuery;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Sums over events, made by the server. Each answer comes from one statement, so it is of one
 * moment, and its rows are fetched in pieces.
 */
final class EventAnalytics {
  private static final int FETCHED_ROWS = 2000;
  private static final Events E = EVENTS.as("e");

  private static final String METRICS =
      """
      SELECT s.bucket, a.name, t.name, s.latency_class, s.events, s.total_ns, s.max_ns, s.bytes
      FROM (
        SELECT e.ts_ns / {0} - (e.ts_ns % {0} < 0)::int AS bucket, e.actor, e.event_type,
          e.latency_class, count(*) AS events, sum(e.execution_ns) AS total_ns,
          max(e.execution_ns) AS max_ns, coalesce(sum(e.message_size), 0) AS bytes
        FROM events e WHERE {1} GROUP BY 1, 2, 3, 4) AS s
      JOIN names a ON a.name_id = s.actor JOIN names t ON t.name_id = s.event_type\
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
          FROM events e WHERE e.to_actor IS NOT NULL AND {0}
          UNION ALL
          SELECT c.actor, e.actor, coalesce(e.message_size, c.message_size), e.has_error
          FROM events e JOIN events c ON c.trace_id = e.trace_id AND c.start_hour = e.start_hour
            AND c.event_id = e.parent_id AND c.event_type = {1}
          WHERE e.parent_id IS NOT NULL AND {0}) AS messages
        GROUP BY 1, 2) AS s
      JOIN names f ON f.name_id = s.sender JOIN names t ON t.name_id = s.receiver\
      """;

  private final Connections connections;
  private final Names names;

  EventAnalytics(Connections connections, Names names) {
    this.connections = connections;
    this.names = names;
  }

  List<EventMetrics> metrics(EventMetricsQuery query) {
    Condition wanted = matching(query);
    return connections.inTransaction(connection -> {
      EventMetricsCollector collector = new EventMetricsCollector(query);
      forEachRow(
          metrics(connection, query, wanted),
          row ->
              collector.add(
                  row.get(0, Long.class),
                  EscapedText.unescape(row.get(1, String.class)),
                  EscapedText.unescape(row.get(2, String.class)),
                  row.get(3, Integer.class),
                  row.get(4, Long.class),
                  row.get(5, BigInteger.class),
                  row.get(6, Long.class),
                  row.get(7, BigInteger.class)));
      return collector.result();
    });
  }

  /** The statement, with its values in it, to look at its plan. */
  String statement(Connection connection, EventMetricsQuery query) {
    return metrics(connection, query, matching(query)).getSQL(ParamType.INLINED);
  }

  private static ResultQuery<?> metrics(
      Connection connection, EventMetricsQuery query, Condition wanted) {
    return TraceQueries.using(connection)
        .resultQuery(METRICS, DSL.inline(query.bucket().toNanos()), wanted);
  }

  private Condition matching(EventMetricsQuery query) {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId());
    List<Integer> facets = new ArrayList<>(2);
    addName(all, facets, E.ACTOR, Names.Kind.ACTOR, query.actorId());
    addName(all, facets, E.EVENT_TYPE, Names.Kind.EVENT_TYPE, query.eventType());
    boolean overAllTime = query.from() == null && query.to() == null && query.flowId() == null;
    if (overAllTime && !facets.isEmpty()) {
      all.add(
          ofTraces(
              DSL.condition("{0} @> {1}", TRACES.FACETS, DSL.val(facets.toArray(new Integer[0])))));
    }
    return DSL.and(all);
  }

  List<ActorEdge> graph(ActorGraphQuery query) {
    int sent = sentType();
    return connections.inTransaction(connection -> {
      ActorGraphCollector collector = new ActorGraphCollector(query);
      forEachRow(
          graph(connection, query, sent),
          row ->
              collector.add(
                  EscapedText.unescape(row.get(0, String.class)),
                  EscapedText.unescape(row.get(1, String.class)),
                  row.get(2, Long.class),
                  row.get(3, BigInteger.class),
                  row.get(4, Long.class)));
      return collector.result();
    });
  }

  /** The statement, with its values in it, to look at its plan. */
  String statement(Connection connection, ActorGraphQuery query) {
    return graph(connection, query, sentType()).getSQL(ParamType.INLINED);
  }

  private static ResultQuery<?> graph(Connection connection, ActorGraphQuery query, int sent) {
    List<Condition> all = new ArrayList<>();
    addTimes(all, query.from(), query.to());
    addFlow(all, query.flowId());
    return TraceQueries.using(connection).resultQuery(GRAPH, DSL.and(all), DSL.inline(sent));
  }

  /** No event has the number 0. */
  private int sentType() {
    return names.find(Names.Kind.EVENT_TYPE, TraceEventType.MESSAGE_SENT.typeName()).orElse(0);
  }

  private static void addTimes(List<Condition> all, @Nullable Instant from, @Nullable Instant to) {
    if (from != null) {
      all.add(E.TS_NS.ge(EpochNanos.of(from)));
    }
    if (to != null) {
      all.add(E.TS_NS.le(EpochNanos.of(to)));
    }
  }

  private static void addFlow(List<Condition> all, @Nullable String flowId) {
    if (flowId != null) {
      all.add(ofTraces(TRACES.START_NS.isNotNull().and(TraceFilter.ofFlow(flowId))));
    }
  }

  private void addName(
      List<Condition> all,
      List<Integer> facets,
      Field<Integer> column,
      Names.Kind kind,
      @Nullable String name) {
    if (name != null) {
      Optional<Integer> number = names.find(kind, name);
      number.ifPresent(facets::add);
      all.add(number.map(column::eq).orElse(DSL.falseCondition()));
    }
  }

  /**
   * Traces are found through their indexes, and events through theirs: no partition is read whole.
   */
  private static Condition ofTraces(Condition wanted) {
    return DSL.row(E.TRACE_ID, E.START_HOUR)
        .in(DSL.select(TRACES.TRACE_ID, TRACES.START_HOUR).from(TRACES).where(wanted));
  }

  private static void forEachRow(ResultQuery<?> query, Consumer<Record> consumer) {
    try (Cursor<?> rows = query.fetchSize(FETCHED_ROWS).fetchLazy()) {
      rows.forEach(consumer);
    }
  }
}
