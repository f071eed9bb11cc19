package io.tracestore.provider.sqlite.read;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.support.ActorGraphCollector;
import io.tracestore.provider.support.EventMetricsCollector;
import io.tracestore.spi.ActorEdge;
import io.tracestore.spi.ActorGraphQuery;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds up the columns of {@code events}; no body is read. */
public final class SqliteAnalytics {
  /**
   * Selects the events that count. SQLite sorts for GROUP BY, so single rows are added up here
   * instead.
   */
  private static final String ROWS =
      "SELECT ts_ns, actor, type, execution_ns, message_bytes FROM events e WHERE ";

  // SQLite's sum() fails beyond 64 bits, so the halves are summed up.
  private static final String DATA_FLOWS =
      """
      SELECT e.actor, e.to_actor, count(*),
        sum(e.message_bytes >> 32), sum(e.message_bytes & 4294967295), sum(e.failed)
      FROM events e WHERE e.to_actor IS NOT NULL AND %s GROUP BY 1, 2
      """;

  private static final String RECEIPTS =
      """
      SELECT s.actor, e.actor, count(*),
        sum(coalesce(e.message_bytes, s.message_bytes) >> 32),
        sum(coalesce(e.message_bytes, s.message_bytes) & 4294967295), sum(e.failed)
      FROM events e CROSS JOIN events s ON s.trace_key = e.trace_key AND s.event_id = e.sent_by
      WHERE e.sent_by IS NOT NULL AND s.type = (SELECT name_key FROM names WHERE name = 'MessageSent')
        AND %s GROUP BY 1, 2
      """;

  private SqliteAnalytics() {}

  public static List<EventMetrics> metrics(SqliteTraceReader session, EventMetricsQuery query)
      throws SQLException {
    Condition condition = new Condition();
    condition.time(query.from(), query.to());
    condition.flow(query.flowId());
    condition.name("actor", query.actorId());
    condition.name("type", query.eventType());
    EventMetricsCollector collector = new EventMetricsCollector(query);
    try (ResultSet row = condition.run(session, ROWS + condition.sql())) {
      while (row.next()) {
        collector.add(
            row.getLong(1),
            session.name(row.getLong(2)),
            session.name(row.getLong(3)),
            row.getLong(4),
            row.getLong(5));
      }
    }
    return collector.result();
  }

  public static List<ActorEdge> graph(SqliteTraceReader session, ActorGraphQuery query)
      throws SQLException {
    Condition condition = new Condition();
    condition.time(query.from(), query.to());
    condition.flow(query.flowId());
    ActorGraphCollector collector = new ActorGraphCollector(query);
    for (String select : List.of(DATA_FLOWS, RECEIPTS)) {
      try (ResultSet row = condition.run(session, select.formatted(condition.sql()))) {
        while (row.next()) {
          collector.add(
              session.name(row.getLong(1)),
              session.name(row.getLong(2)),
              row.getLong(3),
              BigInteger.valueOf(row.getLong(4))
                  .shiftLeft(32)
                  .add(BigInteger.valueOf(row.getLong(5))),
              row.getLong(6));
        }
      }
    }
    return collector.result();
  }

  /** A condition on rows of {@code events e}, with the values that it binds. */
  private static final class Condition {
    private final List<String> terms = new ArrayList<>(List.of("1"));
    private final List<Object> values = new ArrayList<>();

    void time(@Nullable Instant from, @Nullable Instant to) {
      if (from != null) {
        add("e.ts_ns >= ?", EpochNanos.of(from));
      }
      if (to != null) {
        add("e.ts_ns <= ?", EpochNanos.of(to));
      }
    }

    void flow(@Nullable String flowId) {
      if (flowId != null) {
        add(
            "e.trace_key IN (SELECT trace_key FROM traces"
                + " WHERE flow = (SELECT name_key FROM names WHERE name = ?))",
            flowId);
      }
    }

    void name(String column, @Nullable String name) {
      if (name != null) {
        add("e." + column + " = (SELECT name_key FROM names WHERE name = ?)", name);
      }
    }

    private void add(String term, Object value) {
      terms.add(term);
      values.add(value);
    }

    String sql() {
      return String.join(" AND ", terms);
    }

    ResultSet run(SqliteTraceReader session, String sql) throws SQLException {
      PreparedStatement select = session.prepare(sql);
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      return select.executeQuery();
    }
  }
}
