package io.tracestore.provider.postgresql.write;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.NAMES_TO_CHECK;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.filledIn;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.hour;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.limitTo;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.readCommitted;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.waitForDisk;
import static org.jooq.impl.DSL.abs;
import static org.jooq.impl.DSL.all;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.arrayAggDistinct;
import static org.jooq.impl.DSL.bitAnd;
import static org.jooq.impl.DSL.cast;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.queries;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.with;

import io.tracestore.provider.postgresql.jooq.tables.Events;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.jooq.tables.records.EventsRecord;
import io.tracestore.provider.postgresql.schema.Dictionary;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import java.util.UUID;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.DeleteConditionStep;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** The statements of the write path; parameters are in the order of the text. */
final class WriteStatements {
  private static final Traces T = TRACES.as("t");
  private static final Events E = EVENTS.as("e");
  private static final DataType<UUID[]> IDS = T.TRACE_ID.getDataType().array();

  private static final Field<Integer[]> NO_FACETS =
      cast(array(new Integer[0]), T.FACETS.getDataType());

  static final Rendered ADD_TRACES = Rendered.of(TraceColumns.addTraces());

  static final Rendered ADD_EVENTS = Rendered.of(EventColumns.addEvents());

  static final Rendered LOCK_TRACES = Rendered.of(lockTraces());

  static final Rendered MOVE_EARLY_EVENTS =
      Rendered.of(
          update(E)
              .set(E.START_HOUR, param(E.START_HOUR))
              .where(E.TRACE_ID.eq(param(E.TRACE_ID)))
              .and(E.START_HOUR.eq(hour(Hours.EARLY))));

  static final Rendered SET_HOME =
      Rendered.of(
          update(T).set(T.START_HOUR, param(T.START_HOUR)).where(T.TRACE_ID.eq(any(param(IDS)))));

  static final Rendered SET_HEADER =
      Rendered.of(
          update(T)
              .set(T.START_NS, param(T.START_NS))
              .set(T.DURATION_NS, param(T.DURATION_NS))
              .set(T.EXECUTION_ID, param(T.EXECUTION_ID))
              .set(T.START_HOUR, param(T.START_HOUR))
              .set(T.STATUS, param(T.STATUS))
              .set(T.FLOW_ID, param(T.FLOW_ID))
              .set(T.LABELS, param(T.LABELS))
              .set(T.BODY, param(T.BODY))
              .set(T.FACETS, param(T.FACETS))
              .set(T.LAST_EVENT_ID, param(T.LAST_EVENT_ID))
              .set(T.TERMS, param(T.TERMS))
              .where(T.TRACE_ID.eq(param(T.TRACE_ID))));

  static final Rendered SET_EVENTS =
      Rendered.of(
          update(T)
              .set(T.FACETS, param(T.FACETS))
              .set(T.LAST_EVENT_ID, param(T.LAST_EVENT_ID))
              .set(T.TERMS, param(T.TERMS))
              .where(T.TRACE_ID.eq(param(T.TRACE_ID))));

  /** UUIDs of this version begin with the time; others come in no order. */
  static final int ORDERED_VERSION = 7;

  /** The condition of the index {@code events_by_random_id}. */
  private static final Condition WITH_RANDOM_ID =
      bitAnd(
              Catalog.call(
                  "get_byte",
                  SQLDataType.INTEGER,
                  Catalog.call("uuid_send", SQLDataType.BLOB, E.EVENT_ID),
                  constant(6)),
              constant(0xF0))
          .ne(constant(ORDERED_VERSION << 4));

  static final Rendered REMOVE_EVENTS = Rendered.of(removal());
  static final Rendered REMOVE_RANDOM_EVENTS = Rendered.of(removal().and(WITH_RANDOM_ID));

  static final Rendered RECOUNT_FACETS = Rendered.of(recountFacets());

  private WriteStatements() {}

  /**
   * Begins a transaction, and reads the numbers of names in the same message. It has an id of its
   * own before it reads them, so that a removal of names can see that it is still under way. Its
   * commit waits for the disk even if the role or the server is set not to wait.
   *
   * @param seconds how long a statement may take
   */
  static Rendered begin(int seconds) {
    return Rendered.of(queries(readCommitted(), settings(seconds), Dictionary.findInUse()));
  }

  /** Does the same, and adds traces. */
  static Rendered beginAndAddTraces(int seconds) {
    return Rendered.of(
        queries(
            readCommitted(), settings(seconds), Dictionary.findInUse(), TraceColumns.addTraces()));
  }

  /** Does the same, and then locks traces and reads their state. */
  static Rendered beginAddAndLockTraces(int seconds) {
    return Rendered.of(
        queries(
            readCommitted(),
            settings(seconds),
            Dictionary.findInUse(),
            TraceColumns.addTraces(),
            lockTraces()));
  }

  /** Does the same as {@link #beginAndAddTraces}, and adds events of the traces that it added. */
  static Rendered beginAndAddTracesWithEvents(int seconds) {
    return Rendered.of(
        queries(
            readCommitted(),
            settings(seconds),
            Dictionary.findInUse(),
            EventColumns.addTracesWithEvents()));
  }

  private static Query settings(int seconds) {
    return select(
        Catalog.call("pg_current_xact_id", SQLDataType.OTHER), waitForDisk(), limitTo(seconds));
  }

  private static Query lockTraces() {
    return select(
            T.TRACE_ID,
            T.START_HOUR,
            T.START_NS,
            T.EXECUTION_ID,
            T.FLOW_ID,
            T.STATUS,
            T.FACETS,
            T.LAST_EVENT_ID,
            T.TERMS)
        .from(T)
        .where(T.TRACE_ID.eq(any(param(IDS))))
        .orderBy(T.TRACE_ID)
        .forUpdate();
  }

  private static DeleteConditionStep<EventsRecord> removal() {
    return deleteFrom(E)
        .where(E.START_HOUR.eq(filledIn(0, E.START_HOUR)))
        .and(E.TRACE_ID.eq(filledIn(1, E.TRACE_ID)))
        .and(E.EVENT_ID.eq(filledIn(2, E.EVENT_ID)));
  }

  /** Names that only events had that were replaced may be in nothing now: they are noted. */
  private static Query recountFacets() {
    Field<Integer> name = NameRemoval.facet();
    CommonTableExpression<?> before =
        name("before")
            .as(select(T.TRACE_ID, T.FACETS).from(T).where(T.TRACE_ID.eq(any(param(IDS)))));
    Select<Record1<Integer[]>> ofEvents =
        select(arrayAggDistinct(name).orderBy(name))
            .from(E)
            .crossJoin(
                lateral(DSL.values(row(E.ACTOR), row(E.EVENT_TYPE), row(E.TO_ACTOR.neg())))
                    .as("facet", name.getName()))
            .where(name.isNotNull())
            .and(E.TRACE_ID.eq(T.TRACE_ID))
            .and(E.START_HOUR.eq(T.START_HOUR))
            .and(E.START_HOUR.eq(filledIn(0, E.START_HOUR)));
    CommonTableExpression<?> recounted =
        name("recounted")
            .as(
                update(T)
                    .set(T.FACETS, coalesce(field(ofEvents), NO_FACETS))
                    .where(T.TRACE_ID.eq(any(param(IDS))))
                    .returningResult(T.TRACE_ID, T.FACETS));
    return with(before, recounted)
        .insertInto(NAMES_TO_CHECK, NAMES_TO_CHECK.NAME_ID)
        .select(
            selectDistinct(abs(name))
                .from(before)
                .join(recounted)
                .using(T.TRACE_ID)
                .crossJoin(lateral(NameRemoval.numbers(NameRemoval.facetsOf("before"))))
                .where(name.ne(all(NameRemoval.facetsOf("recounted")))));
  }
}
