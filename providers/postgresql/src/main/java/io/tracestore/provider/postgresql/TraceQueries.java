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
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.ResultQuery;
import org.jooq.SQLDialect;
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

  private static DSLContext using(Connection connection) {
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
