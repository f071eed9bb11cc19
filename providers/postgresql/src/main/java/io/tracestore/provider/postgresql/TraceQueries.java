package io.tracestore.provider.postgresql;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.conf.ParamType;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;

/** Finds and counts traces, each query with one statement: all it gives is of one moment. */
final class TraceQueries {
  private static final Settings SETTINGS =
      new Settings()
          .withRenderSchema(false)
          .withRenderQuotedNames(RenderQuotedNames.NEVER)
          .withExecuteLogging(false);

  /** A chunk ends with the trace that reaches so many bytes, as they are stored. */
  private static final int CHUNK_BYTES = 2 << 20;

  /** How many rows of a chunk the driver asks for, and holds, at once. */
  private static final int FETCHED_ROWS = 500;

  /**
   * How many traces there are on the page {0}, and then, for those that begin within so many bytes
   * {1}, header (part 0) and events (part 1). Looking at the lengths first reads no long value.
   */
  private static final String CHUNK =
      """
      WITH page AS ({0}),
      sized AS (
        SELECT page.*, count(*) OVER () AS found,
          sum(octet_length(page.body) + size) OVER (ORDER BY start_ns DESC, page.trace_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM page, LATERAL (
          SELECT coalesce(sum(octet_length(e.body)), 0) AS size FROM events e
          WHERE e.trace_id = page.trace_id AND e.start_hour = page.start_hour) AS own)
      SELECT sized.found, row.part, sized.trace_id, row.body
      FROM sized, LATERAL (
        SELECT 0 AS part, sized.body
        UNION ALL
        SELECT 1, e.body FROM events e
        WHERE e.trace_id = sized.trace_id AND e.start_hour = sized.start_hour) AS row
      WHERE coalesce(bytes_before, 0) < {1}
      ORDER BY start_ns DESC, sized.trace_id\
      """;

  private static final String CHUNK_OF_HEADERS =
      """
      WITH page AS ({0}),
      sized AS (
        SELECT page.*, count(*) OVER () AS found,
          sum(octet_length(body)) OVER (ORDER BY start_ns DESC, trace_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
        FROM page)
      SELECT found, 0, trace_id, body FROM sized
      WHERE coalesce(bytes_before, 0) < {1}
      ORDER BY start_ns DESC, trace_id\
      """;

  private final Connections connections;
  private final TraceFilter filter;

  TraceQueries(Connections connections, Names names) {
    this.connections = connections;
    this.filter = new TraceFilter(names);
  }

  List<FlowTrace> page(TraceQuery query, int limit) {
    Condition wanted = filter.of(query, true);
    return connections.call(connection -> read(page(using(connection), query, wanted, limit)));
  }

  long count(TraceQuery query) {
    Condition wanted = filter.of(query, false);
    return connections.call(connection -> using(connection).fetchCount(TRACES, wanted));
  }

  /**
   * The statement that reads a page of {@code query}, with its values in it, to look at its plan.
   */
  static String statement(Connection connection, TraceFilter filter, TraceQuery query) {
    return page(using(connection), query, filter.of(query, true), query.limitOrDefault())
        .getSQL(ParamType.INLINED);
  }

  /** The first traces of {@code query}, at most {@code limit}, as far as one chunk holds them. */
  TraceChunk chunk(TraceQuery query, int limit) {
    Condition wanted = filter.of(query, true);
    // The driver fetches in pieces only within a transaction.
    return connections.inTransaction(connection -> {
      try (Cursor<?> rows =
          chunk(using(connection), query, wanted, limit).fetchSize(FETCHED_ROWS).fetchLazy()) {
        return TraceChunk.read(rows, limit);
      }
    });
  }

  /** As {@link #statement}, for a chunk. */
  static String chunkStatement(Connection connection, TraceFilter filter, TraceQuery query) {
    return chunk(using(connection), query, filter.of(query, true), query.limitOrDefault())
        .getSQL(ParamType.INLINED);
  }

  private static ResultQuery<?> chunk(
      DSLContext sql, TraceQuery query, Condition wanted, int limit) {
    Select<?> page =
        DSL.select(TRACES.START_NS, TRACES.TRACE_ID, TRACES.START_HOUR, TRACES.BODY)
            .from(TRACES)
            .where(wanted)
            .orderBy(TRACES.START_NS.desc(), TRACES.TRACE_ID)
            .limit(limit)
            .offset(query.offset());
    return sql.resultQuery(
        query.withEvents() ? CHUNK : CHUNK_OF_HEADERS, page, DSL.inline(CHUNK_BYTES));
  }

  static DSLContext using(Connection connection) {
    return DSL.using(connection, SQLDialect.POSTGRES, SETTINGS);
  }

  /** Headers, and behind them events; {@code part} tells them apart. */
  private static ResultQuery<Record3<Integer, UUID, byte[]>> page(
      DSLContext sql, TraceQuery query, Condition wanted, int limit) {
    CommonTableExpression<Record3<UUID, Integer, byte[]>> page =
        DSL.name("page")
            .as(
                DSL.select(TRACES.TRACE_ID, TRACES.START_HOUR, TRACES.BODY)
                    .from(TRACES)
                    .where(wanted)
                    .orderBy(TRACES.START_NS.desc(), TRACES.TRACE_ID)
                    .limit(limit)
                    .offset(query.offset()));
    if (!query.withEvents()) {
      return sql.with(page)
          .select(DSL.inline(0), page.field(TRACES.TRACE_ID), page.field(TRACES.BODY))
          .from(page);
    }
    return sql.with(page)
        .select(DSL.inline(0), page.field(TRACES.TRACE_ID), page.field(TRACES.BODY))
        .from(page)
        .unionAll(
            DSL.select(DSL.inline(1), EVENTS.TRACE_ID, EVENTS.BODY)
                .from(page)
                .join(EVENTS)
                .on(EVENTS.TRACE_ID.eq(page.field(TRACES.TRACE_ID)))
                .and(EVENTS.START_HOUR.eq(page.field(TRACES.START_HOUR))));
  }

  private static List<FlowTrace> read(ResultQuery<Record3<Integer, UUID, byte[]>> query) {
    List<FlowTrace> headers = new ArrayList<>();
    Map<UUID, List<TraceEvent>> events = new HashMap<>();
    for (Record3<Integer, UUID, byte[]> row : query.fetch()) {
      if (row.value1() == 0) {
        headers.add(TraceBinary.decodeHeader(row.value3()));
      } else {
        events
            .computeIfAbsent(row.value2(), id -> new ArrayList<>())
            .add(TraceBinary.decodeEvent(row.value3()));
      }
    }
    headers.sort(FlowTrace.NEWEST_FIRST);
    headers.replaceAll(header -> {
      List<TraceEvent> own = events.get(header.traceId().value());
      return own == null ? header : header.withEvents(own);
    });
    return headers;
  }
}
