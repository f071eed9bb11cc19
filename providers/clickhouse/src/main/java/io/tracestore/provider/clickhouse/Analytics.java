package io.tracestore.provider.clickhouse;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Adds up events in the server. Each event counts once, in its newest version: rows of traces in
 * which none was stored again are taken as they are, those of the others are compared first.
 */
final class Analytics {
  private final Server server;
  private final String records;
  private final @Nullable Rollup rollup;

  /**
   * @param rollup null to look at every event
   */
  Analytics(Server server, Schema schema, @Nullable Rollup rollup) {
    this.server = server;
    this.records = schema.records();
    this.rollup = rollup;
  }

  List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    return rollup != null && rollup.covers(query)
        ? rollup.eventMetrics(server, records, query).orElseGet(() -> metricsOfEvents(query))
        : metricsOfEvents(query);
  }

  private List<EventMetrics> metricsOfEvents(EventMetricsQuery query) {
    String matching =
        within(query.from(), query.to())
            + (query.actorId() == null ? "" : " AND actor_id = " + Sql.text(query.actorId()))
            + (query.eventType() == null ? "" : " AND event_type = " + Sql.text(query.eventType()));
    String sql =
        """
        WITH %1$s SELECT %2$s AS bucket, actor_id, event_type, class, count(), %3$s \
        FROM %4$s GROUP BY bucket, actor_id, event_type, class\
        """
            .formatted(
                EventSums.LATENCY_CLASS,
                EventSums.step(query.bucket().toNanos()),
                EventSums.SUMS,
                newest("ts, actor_id, event_type, exec_ns, msg_size", query.flowId(), matching));
    return server.query(
        sql,
        row -> {
          EventMetricsCollector collector = new EventMetricsCollector(query);
          while (row.hasNext()) {
            collector.add(
                row.i64(),
                row.text(),
                row.text(),
                row.u16(),
                row.i64(),
                row.u128(),
                row.i64(),
                row.u128());
          }
          return collector.result();
        });
  }

  List<ActorEdge> actorGraph(ActorGraphQuery query) {
    String columns = "trace_id, ids, ts, event_type, actor_id, to_actor, flags, msg_size";
    String within = within(query.from(), query.to());
    String sql =
        """
        SELECT actor_id, to_actor, count(), sum(toUInt128(msg_size)), countIf(bitTest(flags, 9)) \
        FROM %1$s GROUP BY actor_id, to_actor \
        UNION ALL \
        SELECT sent.actor_id AS sender, received.actor_id AS receiver, count(), \
        sum(toUInt128(if(bitTest(received.flags, 4), received.msg_size, sent.msg_size))), \
        countIf(bitTest(received.flags, 9)) FROM \
        (SELECT trace_id, ids[2] AS id, actor_id, flags, msg_size FROM %2$s) AS received INNER JOIN \
        (SELECT trace_id, ids[1] AS id, actor_id, msg_size FROM %3$s) AS sent \
        ON received.trace_id = sent.trace_id AND received.id = sent.id GROUP BY sender, receiver\
        """
            .formatted(
                newest(columns, query.flowId(), within + " AND event_type = 'DataFlow'"),
                newest(
                    columns,
                    query.flowId(),
                    within + " AND event_type = 'MessageReceived' AND bitTest(flags, 0)"),
                newest(columns, query.flowId(), "event_type = 'MessageSent'"));
    return server.query(
        sql,
        row -> {
          ActorGraphCollector collector = new ActorGraphCollector(query);
          while (row.hasNext()) {
            collector.add(row.text(), row.text(), row.i64(), row.u128(), row.i64());
          }
          return collector.result();
        });
  }

  private static String within(@Nullable Instant from, @Nullable Instant to) {
    return "1"
        + (from == null ? "" : " AND %s >= %d".formatted(Sql.nanos("ts"), EpochNanos.of(from)))
        + (to == null ? "" : " AND %s <= %d".formatted(Sql.nanos("ts"), EpochNanos.of(to)));
  }

  /** The newest versions of the events that match, as a table. */
  private String newest(String columns, @Nullable String flowId, String matching) {
    String repeated = "SELECT trace_id FROM %s WHERE section = 'repeated'".formatted(records);
    String rows =
        "FROM %s WHERE %s AND notEmpty(ids)%s"
            .formatted(
                records,
                TraceReader.TRACE_ROWS,
                flowId == null
                    ? ""
                    : " AND trace_id IN (SELECT trace_id FROM %s WHERE section = 'flow' AND name = %s)"
                        .formatted(records, Sql.text(flowId)));
    return """
    (SELECT %1$s %2$s AND trace_id NOT IN (%3$s) AND %4$s UNION ALL \
    SELECT %1$s FROM (SELECT %1$s %2$s AND trace_id IN (%3$s) \
    ORDER BY trace_id, ids[1], rev DESC LIMIT 1 BY trace_id, ids[1]) WHERE %4$s)\
    """
        .formatted(columns, rows, repeated, matching);
  }
}
