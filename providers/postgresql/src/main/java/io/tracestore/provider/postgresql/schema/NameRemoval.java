package io.tracestore.provider.postgresql.schema;

import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.jooq.Tables.NAMES_TO_CHECK;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.unnest;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.xid8;
import static org.jooq.impl.DSL.abs;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.cast;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.deleteFrom;
import static org.jooq.impl.DSL.falseCondition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.not;
import static org.jooq.impl.DSL.notExists;
import static org.jooq.impl.DSL.param;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.selectOne;
import static org.jooq.impl.DSL.setLocal;
import static org.jooq.impl.DSL.trueCondition;
import static org.jooq.impl.DSL.update;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.with;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.jooq.tables.Names;
import io.tracestore.provider.postgresql.jooq.tables.Traces;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Columns;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.CommonTableExpression;
import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.ResultQuery;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * Removes names that nothing uses any more. A removal of traces notes their names, and this class
 * checks whether other traces have them. No writer waits for that, and none writes a removed name.
 * A name is first marked as unused, so that transactions that begin then take it for missing; it is
 * removed once all have ended that began before, if they have not used it.
 */
public final class NameRemoval {
  private static final int AT_ONCE = 1000;

  /** Names in use are mostly found here, without a look into the index for each. */
  private static final int NEWEST = 1000;

  private static final Names N = NAMES.as("n");
  private static final Traces T = TRACES.as("t");
  private static final DataType<Integer[]> NUMBERS = T.FACETS.getDataType();
  private static final DataType<String> TEXT = SQLDataType.CLOB;
  private static final Field<String> VERSION = cast(field(name("n", "xmin")), TEXT);

  /** A number in the facets of a trace, and how facets become rows. */
  private static final Field<Integer> FACET = Columns.of("facet", "number", SQLDataType.INTEGER);

  private static final Field<Integer> MARKED_ID = Columns.of("marked", N.NAME_ID);
  private static final Field<String> MARKED_VERSION = Columns.of("marked", "version", TEXT);

  private static final Rendered TAKE =
      Rendered.of(
          deleteFrom(NAMES_TO_CHECK)
              .where(
                  Catalog.place()
                      .eq(
                          any(
                              array(
                                  select(Catalog.place())
                                      .from(NAMES_TO_CHECK)
                                      .limit(constant(AT_ONCE))
                                      .forUpdate()
                                      .skipLocked()))))
              .returning(NAMES_TO_CHECK.NAME_ID));

  private static final Rendered NOT_IN_NEWEST =
      Rendered.of(
          select(FACET)
              .from(numbers(param(T.FACETS)))
              .except(
                  select(abs(FACET))
                      .from(
                          select(T.FACETS)
                              .from(T)
                              .where(T.START_NS.isNotNull())
                              .orderBy(T.START_NS.desc(), T.TRACE_ID)
                              .limit(constant(NEWEST))
                              .asTable("newest"))
                      .crossJoin(lateral(numbers(facetsOf("newest"))))));

  /**
   * The names of a number that no trace has; an event has none that its trace has not. A list of
   * keys is kept: the terms of traces do not say which one they were made with.
   */
  private static final Condition HAS_NO_TRACE =
      N.KIND
          .coerce(SQLDataType.INTEGER)
          .ne(constant(Name.Kind.INDEXED_KEYS.code()))
          .and(notExists(selectOne().from(T).where(T.FACETS.contains(array(N.NAME_ID)))))
          .and(notExists(selectOne().from(T).where(T.FACETS.contains(array(N.NAME_ID.neg())))));

  // In one order, so that two who mark the same names do not wait for each other.
  private static final Rendered MARK =
      Rendered.of(
          update(NAMES)
              .set(NAMES.UNUSED, trueCondition())
              .where(
                  NAMES.NAME_ID.eq(
                      any(
                          array(
                              select(N.NAME_ID)
                                  .from(N)
                                  .where(N.NAME_ID.eq(any(param(NUMBERS))))
                                  .and(not(N.UNUSED))
                                  .and(HAS_NO_TRACE)
                                  .orderBy(N.DIGEST, N.KIND)
                                  .forUpdate())))));

  /**
   * This statement takes a transaction id. A transaction that read a name before it was marked has
   * a lower one. The upper end of a snapshot would not do: it is the first id after those that have
   * ended, and one that is under way may have it.
   */
  private static final Rendered MARKED =
      Rendered.of(
          select(
                  N.NAME_ID,
                  VERSION,
                  cast(Catalog.call("pg_current_xact_id", SQLDataType.OTHER), TEXT))
              .from(N)
              .where(condition(N.UNUSED))
              .limit(constant(AT_ONCE)));

  /** Expected to be in many traces, a name that is in none would be looked for in all of them. */
  public static final Rendered USE_INDEX =
      Rendered.of(setLocal(name("enable_seqscan"), val(false)));

  private static final Rendered KEEP =
      Rendered.of(
          update(N)
              .set(N.UNUSED, falseCondition())
              .where(N.NAME_ID.eq(any(param(NUMBERS))))
              .and(condition(N.UNUSED))
              .and(not(HAS_NO_TRACE)));

  /**
   * A mark that was taken away and set again since has another version: transactions that are under
   * way may have seen the name in use in between.
   */
  private static final Rendered REMOVE =
      Rendered.of(
          deleteFrom(N)
              .using(unnest("marked", MARKED_ID, MARKED_VERSION))
              .where(N.NAME_ID.eq(MARKED_ID))
              .and(VERSION.eq(MARKED_VERSION))
              .and(condition(N.UNUSED))
              .and(
                  Catalog.call(
                          "pg_snapshot_xmin",
                          SQLDataType.OTHER,
                          Catalog.call("pg_current_snapshot", SQLDataType.OTHER))
                      .ge(xid8(param(TEXT))))
              .and(HAS_NO_TRACE));

  private final Connections connections;

  public NameRemoval(Connections connections) {
    this.connections = connections;
  }

  /** Facets as rows of numbers, which {@link #facet} names. */
  public static Table<?> numbers(Field<Integer[]> facets) {
    return DSL.unnest(facets).as("facet", FACET.getName());
  }

  /** The number in a row of {@link #numbers}. */
  public static Field<Integer> facet() {
    return FACET;
  }

  /** The column {@code facets} of a table that a statement makes. */
  public static Field<Integer[]> facetsOf(String table) {
    return Columns.of(table, TRACES.FACETS);
  }

  /**
   * A statement that removes traces, as {@code removal} does, notes their names, and gives one row:
   * how many that were.
   *
   * @param removal returns the facets of what it removes
   */
  public static Rendered noting(ResultQuery<Record1<Integer[]>> removal) {
    CommonTableExpression<?> removed = name("removed").as(removal);
    CommonTableExpression<?> noted =
        name("noted")
            .as(
                insertInto(NAMES_TO_CHECK, NAMES_TO_CHECK.NAME_ID)
                    .select(
                        selectDistinct(abs(FACET))
                            .from(removed)
                            .crossJoin(lateral(numbers(facetsOf("removed")))))
                    .returning(NAMES_TO_CHECK.NAME_ID));
    return Rendered.of(with(removed, noted).select(count()).from(removed));
  }

  /** Executes a statement of {@link #noting}. */
  public static long removed(PreparedStatement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /**
   * Removes the names that can be removed now; names that another transaction may be about to use
   * stay marked.
   */
  public void run() {
    while (connections.inLongTransaction(NameRemoval::mark) == AT_ONCE) {
      // Until all that were noted are done.
    }
    while (connections.call(NameRemoval::removeMarked) == AT_ONCE) {
      // As long as whole portions go.
    }
  }

  /** How many were noted. */
  private static int mark(Session session) throws SQLException {
    List<Integer> noted = session.list(TAKE, row -> row.getInt(1));
    if (!noted.isEmpty()) {
      List<Integer> suspects;
      try (PreparedStatement statement = session.prepare(NOT_IN_NEWEST)) {
        statement.setArray(1, arrayOf(session, noted));
        suspects = numbers(statement);
      }
      session.execute(USE_INDEX);
      execute(session, MARK, suspects);
    }
    return noted.size();
  }

  /** How many went. */
  private static int removeMarked(Session session) throws SQLException {
    List<Marked> marked =
        session.list(MARKED, row -> new Marked(row.getInt(1), row.getString(2), row.getString(3)));
    if (marked.isEmpty()) {
      return 0;
    }
    List<Integer> numbers = marked.stream().map(Marked::number).toList();
    return Connections.transaction(
        session,
        open -> {
          open.execute(USE_INDEX);
          execute(open, KEEP, numbers);
          try (PreparedStatement statement = open.prepare(REMOVE)) {
            statement.setArray(1, arrayOf(open, numbers));
            statement.setArray(
                2, open.array("text", marked.stream().map(Marked::version).toArray()));
            statement.setString(3, marked.getLast().transaction());
            return statement.executeUpdate();
          }
        });
  }

  /**
   * A name that is marked as unused.
   *
   * @param version the transaction that marked it
   * @param transaction the one that read this
   */
  private record Marked(int number, String version, String transaction) {}

  private static void execute(Session session, Rendered sql, List<Integer> numbers)
      throws SQLException {
    if (!numbers.isEmpty()) {
      try (PreparedStatement statement = session.prepare(sql)) {
        statement.setArray(1, arrayOf(session, numbers));
        statement.executeUpdate();
      }
    }
  }

  private static Array arrayOf(Session session, List<Integer> numbers) throws SQLException {
    return session.array("int4", numbers.toArray());
  }

  private static List<Integer> numbers(PreparedStatement statement) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        numbers.add(rows.getInt(1));
      }
    }
    return numbers;
  }
}
