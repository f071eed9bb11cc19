package io.tracestore.provider.clickhouse.read;

import io.tracestore.model.EpochNanos;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.StatusCode;
import io.tracestore.provider.clickhouse.sql.Sql;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Queries as SQL over the section {@code flow}, or {@code time} where no flow is asked. A row there
 * may be outdated: filters on values that never change apply to all rows, filters on others only to
 * the newest row of each trace.
 */
final class TraceFilter {
  /** The filtered columns whose values may change from version to version of a trace. */
  private static final String CHANGING =
      "status, error, duration_ns, environment, user_id, session_id, tags";

  /** The order of the table, in which all that is listed comes. */
  private static final String ORDER = "section, name, age, trace_id";

  /** How many rows the server reads at once: smaller blocks cost more; by itself it reads more. */
  private static final long SMALLEST_BLOCK = 16;

  private static final long LARGEST_BLOCK = 65_536;

  private final String records;
  private final TraceQuery query;

  TraceFilter(String records, TraceQuery query) {
    this.records = records;
    this.query = query;
  }

  /** Returns the query for all traces of the flow and the time of {@code query}. */
  static TraceQuery range(TraceQuery query) {
    return TraceQuery.builder()
        .flowId(query.flowId())
        .startedFrom(query.startedFrom())
        .startedTo(query.startedTo())
        .after(query.after())
        .build();
  }

  /** Whether a page reads all rows of its time: no index and no order of the table leads to it. */
  boolean readsItsRange() {
    return query.executionId() == null
        && (!changing().isEmpty() || (hasEventFilter() && !isByActor() && !isByType()));
  }

  /** The ids and ages of a page of matching traces, newest first. */
  String page(long limit) {
    List<String> changing = changing();
    if (changing.isEmpty() && isByActor()) {
      return pageOf("actor", Objects.requireNonNull(query.actor()), "actor_id", limit);
    }
    if (changing.isEmpty() && isByType()) {
      return pageOf("type", Objects.requireNonNull(query.eventType()), "event_type", limit);
    }
    if (changing.isEmpty()) {
      return "SELECT trace_id, age %s ORDER BY %s LIMIT 1 BY age, trace_id %s%s"
          .formatted(rows(), ORDER, paged(limit), reading(limit));
    }
    return """
    SELECT trace_id, age FROM (SELECT trace_id, age, %s %s ORDER BY %s, rev DESC \
    LIMIT 1 BY age, trace_id) WHERE %s ORDER BY age, trace_id %s\
    """
        .formatted(CHANGING, rows(), ORDER, all(changing), paged(limit));
  }

  /**
   * The newest headers of a page of matching traces, newest first; null where these take more than
   * one step to find.
   */
  @Nullable String headers(long limit) {
    if (!changing().isEmpty() || hasEventFilter()) {
      return null;
    }
    return "SELECT header %s ORDER BY %s, rev DESC LIMIT 1 BY age, trace_id %s%s"
        .formatted(rows(), ORDER, paged(limit), reading(limit));
  }

  /** Where rows are listed as they lie in the table, the reading ends with the page. */
  private String reading(long limit) {
    return hasEventFilter() || query.executionId() != null ? "" : endingWithPage(limit);
  }

  /** Else the server reads a large block of every partition, and ahead. */
  private String endingWithPage(long limit) {
    long rows = Math.clamp(end(limit), SMALLEST_BLOCK, LARGEST_BLOCK);
    return " SETTINGS max_block_size = %d, read_in_order_use_buffering = 0".formatted(rows);
  }

  private boolean hasEventFilter() {
    return query.actor() != null || query.actorContains() != null || query.eventType() != null;
  }

  /** How many traces it takes to fill the page. */
  private long end(long limit) {
    return limit > Long.MAX_VALUE - query.offset() ? Long.MAX_VALUE : limit + query.offset();
  }

  private String paged(long limit) {
    return "LIMIT %d OFFSET %d".formatted(limit, query.offset());
  }

  private String rows() {
    return "FROM %s WHERE %s".formatted(records, all(fixed()));
  }

  /** Whether nothing but the time is asked beside one actor. */
  private boolean isByActor() {
    return query.actor() != null
        && query.actorContains() == null
        && query.flowId() == null
        && query.executionId() == null
        && query.eventType() == null;
  }

  /** Whether nothing but the time is asked beside one type. */
  private boolean isByType() {
    return query.eventType() != null
        && query.actor() == null
        && query.actorContains() == null
        && query.flowId() == null
        && query.executionId() == null;
  }

  /**
   * Reads the rows of an actor or a type in their order, which is that of the answer, and no more
   * of them than it takes. Only traces whose rows may be outdated, or came before the trace, are
   * looked up.
   */
  private String pageOf(String section, String value, String column, long limit) {
    String name = Sql.text(value);
    List<String> times = new ArrayList<>();
    addTimes(times);
    addPosition(times);
    String within = times.isEmpty() ? "" : " AND " + all(times);
    String early =
        "SELECT trace_id FROM %s WHERE section = '%s' AND name = %s AND day = %d"
            .formatted(records, section, name, Day.EARLY);
    return """
    SELECT trace_id, age FROM (SELECT trace_id, age FROM %1$s WHERE section = '%12$s' \
    AND name = %2$s AND day != %3$d%4$s AND trace_id NOT IN (%5$s) \
    ORDER BY %6$s LIMIT 1 BY age, trace_id LIMIT %7$d%8$s \
    UNION ALL SELECT trace_id, age FROM %1$s WHERE section = 'time' AND name = ''%4$s \
    AND (trace_id IN (%9$s) AND trace_id NOT IN (%5$s) OR trace_id IN (%10$s))) \
    ORDER BY age, trace_id LIMIT 1 BY age, trace_id %11$s\
    """
        .formatted(
            records,
            name,
            Day.EARLY,
            within,
            repeated(),
            ORDER,
            end(limit),
            endingWithPage(limit),
            early,
            checked(column, "newest = " + name),
            paged(limit),
            section);
  }

  /** How many traces match. */
  String count() {
    List<String> changing = changing();
    String rows = rows() + " GROUP BY " + ORDER;
    if (changing.isEmpty()) {
      return "SELECT count() FROM (SELECT 1 %s)".formatted(rows);
    }
    return """
    SELECT count() FROM (SELECT newest.1 AS status, newest.2 AS error, \
    newest.3 AS duration_ns, newest.4 AS environment, newest.5 AS user_id, \
    newest.6 AS session_id, newest.7 AS tags FROM (SELECT argMax(tuple(%s), rev) AS newest %s)) \
    WHERE %s\
    """
        .formatted(CHANGING, rows, all(changing));
  }

  private static String all(List<String> conditions) {
    return String.join(" AND ", conditions);
  }

  private List<String> fixed() {
    List<String> all = new ArrayList<>();
    String flow = query.flowId();
    all.add(
        flow == null
            ? "section = 'time' AND name = ''"
            : "section = 'flow' AND name = " + Sql.text(flow));
    if (query.executionId() != null) {
      all.add("execution_id = " + Sql.id(query.executionId().value()));
    }
    addTimes(all);
    addPosition(all);
    addEvents(all);
    return all;
  }

  private void addPosition(List<String> all) {
    TraceQuery.Position after = query.after();
    if (after != null) {
      long age = ~EpochNanos.of(after.startTime());
      all.add("age >= " + age);
      all.add("(age > %d OR trace_id > %s)".formatted(age, Sql.id(after.traceId().value())));
      all.add("day <= " + Day.of(~age));
    }
  }

  private void addTimes(List<String> all) {
    if (query.startedFrom() != null) {
      long from = EpochNanos.of(query.startedFrom());
      all.add("age <= " + ~from);
      all.add("day >= " + Day.of(from));
    }
    if (query.startedTo() != null) {
      long to = EpochNanos.of(query.startedTo());
      all.add("age >= " + ~to);
      all.add("day <= " + Day.of(to));
    }
  }

  private List<String> changing() {
    List<String> all = new ArrayList<>();
    if (query.failedWith() != null) {
      all.add("status = 'Failed'");
      all.add("error = " + Sql.text(query.failedWith()));
    } else if (query.status() != null) {
      all.add("CAST(status, 'Int8') = " + StatusCode.of(query.status()));
    }
    if (query.minDuration() != null) {
      all.add("duration_ns >= " + query.minDuration().toNanos());
    }
    addText(all, "environment", query.environment());
    addText(all, "user_id", query.userId());
    addText(all, "session_id", query.sessionId());
    for (Map.Entry<String, String> tag : query.tags().entrySet()) {
      String key = Sql.text(tag.getKey());
      all.add(
          "(mapContains(tags, %1$s) AND tags[%1$s] = %2$s)"
              .formatted(key, Sql.text(tag.getValue())));
    }
    return all;
  }

  private static void addText(List<String> all, String column, @Nullable String value) {
    if (value != null) {
      all.add(column + " = " + Sql.text(value));
    }
  }

  private void addEvents(List<String> all) {
    if (query.actor() != null) {
      String equal = " = " + Sql.text(query.actor());
      addEvents(all, named("actor", "name" + equal), "actor_id", "newest" + equal);
    }
    if (query.actorContains() != null) {
      String text = Sql.text(query.actorContains());
      addEvents(
          all,
          named("actor", "position(name, " + text + ") > 0"),
          "actor_id",
          "position(newest, " + text + ") > 0");
    }
    if (query.eventType() != null) {
      String equal = " = " + Sql.text(query.eventType());
      addEvents(all, named("type", "name" + equal), "event_type", "newest" + equal);
    }
  }

  /**
   * Traces that have such an event. Where an event was stored again, a row that says so may be
   * outdated: of those traces all events are looked at.
   */
  private void addEvents(List<String> all, String candidates, String column, String ofNewest) {
    all.add(
        "(trace_id IN (%s) AND trace_id NOT IN (%s) OR trace_id IN (%s))"
            .formatted(candidates, repeated(), checked(column, ofNewest)));
  }

  private String repeated() {
    return "SELECT trace_id FROM %s WHERE section = 'repeated'%s".formatted(records, days());
  }

  /**
   * The condition for the traces with outdated rows: those match in which the newest version of an
   * event matches.
   */
  private String checked(String column, String ofNewest) {
    return """
    SELECT trace_id FROM (SELECT trace_id, argMax(%s, rev) AS newest FROM %s WHERE \
    section = 'trace' AND name = '' AND age = 0 AND notEmpty(ids) AND trace_id IN (%s) \
    GROUP BY trace_id, ids[1]) WHERE %s\
    """
        .formatted(column, records, repeated(), ofNewest);
  }

  private String named(String section, String condition) {
    return "SELECT trace_id FROM %s WHERE section = '%s' AND %s%s"
        .formatted(records, section, condition, days());
  }

  /** The partitions in which rows of matching traces may be. */
  private String days() {
    TraceQuery.Position after = query.after();
    Integer first = query.startedFrom() == null ? null : Day.of(EpochNanos.of(query.startedFrom()));
    Integer last = query.startedTo() == null ? null : Day.of(EpochNanos.of(query.startedTo()));
    if (after != null) {
      int day = Day.of(EpochNanos.of(after.startTime()));
      last = last == null ? day : Math.min(last, day);
    }
    String days =
        (first == null ? "" : " AND day >= " + first) + (last == null ? "" : " AND day <= " + last);
    return days.isEmpty()
        ? ""
        : " AND (%s OR day = %d)".formatted(days.substring(" AND ".length()), Day.EARLY);
  }
}
