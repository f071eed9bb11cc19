package io.tracestore.provider.sqlite.read;

import static io.tracestore.provider.sqlite.jooq.Tables.NAMES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACES;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_ACTORS;
import static io.tracestore.provider.sqlite.jooq.Tables.TRACE_EVENT_TYPES;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectOne;

import io.tracestore.provider.sqlite.sql.Rendered;
import io.tracestore.spi.NameKind;
import org.jooq.Field;
import org.jooq.Select;
import org.jooq.Table;

/**
 * The names of one kind in the traces of a time: looks at each name in the database, and for each
 * at one row of an index that begins with name and start.
 */
public final class TraceNames {
  private static final Rendered FLOWS = Rendered.of(in(TRACES, TRACES.FLOW, TRACES.START_NS));

  private static final Rendered ACTORS =
      Rendered.of(in(TRACE_ACTORS, TRACE_ACTORS.ACTOR, TRACE_ACTORS.START_NS));

  private static final Rendered EVENT_TYPES =
      Rendered.of(in(TRACE_EVENT_TYPES, TRACE_EVENT_TYPES.TYPE, TRACE_EVENT_TYPES.START_NS));

  private static final Rendered ENVIRONMENTS =
      Rendered.of(in(TRACES, TRACES.ENVIRONMENT, TRACES.START_NS));

  private TraceNames() {}

  /** The statement for one kind; its parameters are the first and the last start, and a limit. */
  public static Rendered of(NameKind kind) {
    return switch (kind) {
      case FLOW -> FLOWS;
      case ACTOR -> ACTORS;
      case EVENT_TYPE -> EVENT_TYPES;
      case ENVIRONMENT -> ENVIRONMENTS;
    };
  }

  private static Select<?> in(Table<?> table, Field<Long> name, Field<Long> start) {
    return select(NAMES.NAME)
        .from(NAMES)
        .where(
            exists(
                selectOne()
                    .from(table)
                    .where(name.eq(NAMES.NAME_KEY))
                    .and(start.ge(param(start)))
                    .and(start.le(param(start)))))
        .limit(param(Long.class));
  }
}
