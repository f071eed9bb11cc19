package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.jsonbGetAttributeAsText;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.left;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.withRecursive;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Names;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.schema.EscapedText;
import io.tracestore.provider.postgresql.schema.Labels;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.NameRemoval;
import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Session;
import io.tracestore.provider.support.index.TimeRange;
import io.tracestore.spi.NameKind;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Select;
import org.jooq.Table;

/** The names of one kind in the traces of a time. */
public final class TraceNames {
  /** Traces that have most of the names, as a rule. */
  private static final int NEWEST = 1000;

  private static final Traces T = TRACES.as("t");
  private static final Names N = NAMES.as("n");

  private static final Field<String> BEGINNING =
      left(T.FLOW_ID, constant(PostgresQueryPlan.INDEXED_CHARS));

  private static final Field<String> FLOW = Columns.of("flows", T.FLOW_ID);
  private static final Field<Integer> FACET = NameRemoval.facet();

  private final Connections connections;

  public TraceNames(Connections connections) {
    this.connections = connections;
  }

  /** The names, at most {@code limit}. */
  public List<String> of(NameKind kind, TimeRange range, int limit) {
    return connections
        .inSnapshot(session ->
            switch (kind) {
              case FLOW -> flows(session, range, limit);
              case ENVIRONMENT -> texts(session, environments(range, limit));
              case ACTOR -> ofEvents(session, Name.Kind.ACTOR, range, limit);
              case EVENT_TYPE -> ofEvents(session, Name.Kind.EVENT_TYPE, range, limit);
            })
        .stream()
        .map(EscapedText::unescape)
        .toList();
  }

  private static List<String> texts(Session session, Select<?> query) throws SQLException {
    return session.list(query, row -> row.getString(1));
  }

  private static Condition within(TimeRange range) {
    return T.START_NS.between(range.from(), range.to());
  }

  /** Reads one row of the index for each beginning of a flow id; behind it, ids may differ. */
  private static List<String> flows(Session session, TimeRange range, int limit)
      throws SQLException {
    List<String> names = new ArrayList<>();
    List<String> beginnings = new ArrayList<>();
    for (String flow : texts(session, beginnings(range, limit))) {
      boolean whole = flow.codePointCount(0, flow.length()) < PostgresQueryPlan.INDEXED_CHARS;
      (whole ? names : beginnings).add(flow);
    }
    if (!beginnings.isEmpty()) {
      names.addAll(
          texts(
              session,
              selectDistinct(T.FLOW_ID)
                  .from(T)
                  .where(BEGINNING.in(beginnings))
                  .and(within(range))
                  .limit(limit)));
    }
    return names;
  }

  static Select<?> beginnings(TimeRange range, int limit) {
    Table<?> flows = table(name("flows"));
    Field<String> next = field(select(min(BEGINNING)).from(T).where(BEGINNING.gt(FLOW)));
    return withRecursive("flows", FLOW.getName())
        .as(
            select(min(BEGINNING))
                .from(T)
                .unionAll(select(next).from(flows).where(FLOW.isNotNull())))
        .select(FLOW)
        .from(flows)
        .where(exists(selectOne().from(T).where(BEGINNING.eq(FLOW)).and(within(range))))
        .limit(limit);
  }

  /** Reads the labels of all traces of the time. */
  private static Select<?> environments(TimeRange range, int limit) {
    Field<String> environment = jsonbGetAttributeAsText(T.LABELS, Labels.ENVIRONMENT);
    return selectDistinct(environment)
        .from(T)
        .where(within(range))
        .and(environment.isNotNull())
        .limit(limit);
  }

  /**
   * The newest traces have most of the names. The others are looked for one by one in the index; if
   * only a time is asked, which the index does not know, all traces of the time are read.
   */
  private static List<String> ofEvents(Session session, Name.Kind kind, TimeRange range, int limit)
      throws SQLException {
    List<Integer> newest = session.list(facetsOfNewest(range), row -> row.getInt(1));
    if (range.equals(TimeRange.ALL)) {
      session.execute(NameRemoval.USE_INDEX);
    }
    return texts(session, ofEvents(newest, kind, range, limit));
  }

  /**
   * Asks for names.
   *
   * @param newest the numbers of names that traces of the time have
   */
  static Select<?> ofEvents(List<Integer> newest, Name.Kind kind, TimeRange range, int limit) {
    boolean every = range.equals(TimeRange.ALL);
    Condition inAnother =
        every
            ? exists(selectOne().from(tracesWith(N.NAME_ID)).where(startOf("found").isNotNull()))
            : N.NAME_ID.in(
                select(FACET)
                    .from(T)
                    .crossJoin(lateral(NameRemoval.numbers(T.FACETS)))
                    .where(within(range)));
    return select(N.NAME)
        .from(N)
        .where(N.KIND.eq(kind.code()))
        .and(N.NAME_ID.eq(any(newest.toArray(Integer[]::new))).or(inAnother))
        .limit(limit);
  }

  private static Select<?> facetsOfNewest(TimeRange range) {
    Table<?> newest =
        select(T.FACETS)
            .from(T)
            .where(within(range))
            .orderBy(T.START_NS.desc(), T.TRACE_ID)
            .limit(NEWEST)
            .asTable("newest");
    return selectDistinct(FACET)
        .from(newest)
        .crossJoin(lateral(NameRemoval.numbers(NameRemoval.facetsOf("newest"))));
  }

  /** The offset keeps the planner from looking for a start instead. */
  private static Table<?> tracesWith(Field<Integer> facet) {
    return select(T.START_NS)
        .from(T)
        .where(T.FACETS.contains(array(facet)))
        .offset(constant(0))
        .asTable("found");
  }

  private static Field<Long> startOf(String table) {
    return Columns.of(table, T.START_NS);
  }
}
