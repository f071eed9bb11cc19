package io.tracestore.provider.postgresql.read;

import static io.tracestore.provider.postgresql.jooq.Tables.EVENTS;
import static io.tracestore.provider.postgresql.jooq.Tables.NAMES;
import static io.tracestore.provider.postgresql.jooq.Tables.TRACES;
import static io.tracestore.provider.postgresql.sql.Catalog.IS_PARTITION;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLES;
import static io.tracestore.provider.postgresql.sql.Catalog.TABLE_NAME;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.constant;
import static io.tracestore.provider.postgresql.sql.SqlTemplates.tid;
import static org.jooq.impl.DSL.any;
import static org.jooq.impl.DSL.array;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.generateSeries;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.SQLDataType.BIGINT;
import static org.jooq.impl.SQLDataType.INTEGER;

import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Name;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import io.tracestore.provider.postgresql.sql.Catalog;
import io.tracestore.provider.postgresql.sql.Rendered;
import io.tracestore.provider.postgresql.sql.Session;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Table;

/**
 * Estimates how many bytes the rows take that are there: a table keeps the space of removed rows,
 * and the server's own statistics show removed rows late, and never the space that a vacuum has
 * left empty. So this reads rows: all of a small store, and those of every nth page of each table
 * of a larger one. Traces are removed oldest first, from neighbouring pages, so that such a sample
 * is good; the same pages are taken each time, so that removing never makes the estimate greater.
 */
final class LiveSize {
  /** The approximate number of pages that are read, however large the store is: 8 MiB. */
  private static final int PAGES = 1024;

  /** The largest number of rows of a page: the shortest row takes about 100 bytes. */
  private static final int MOST_ROWS_OF_A_PAGE = 100;

  /** The bytes that a row of {@code events} takes in addition to its body. */
  private static final int EVENT_BYTES = 112;

  /** The bytes that a row of {@code traces} takes in addition to its values of variable length. */
  private static final int TRACE_BYTES = 100;

  /** The bytes that a row of {@code names} takes in addition to its name. */
  private static final int NAME_BYTES = 72;

  private static final Rendered TABLES_WITH_ROWS =
      Rendered.of(
          select(
                  TABLE_NAME,
                  IS_PARTITION,
                  Catalog.bounds(),
                  Catalog.call("pg_relation_size", BIGINT, TABLE)
                      .div(Catalog.setting("block_size").cast(BIGINT)),
                  Catalog.call("pg_table_size", BIGINT, TABLE),
                  Catalog.call("pg_indexes_size", BIGINT, TABLE))
              .from(TABLES)
              .where(Catalog.ofStore())
              .and(Catalog.hasRows())
              .and(condition(IS_PARTITION).or(TABLE_NAME.in(TRACES.getName(), NAMES.getName()))));

  private LiveSize() {}

  /**
   * The bytes that the values of a row take. A value outside of its row counts with its size there.
   */
  private static Field<Integer> sizeOf(int fixed, Field<?>... values) {
    Field<Integer> size = constant(fixed);
    for (Field<?> value : values) {
      size = size.add(coalesce(Catalog.call("pg_column_size", INTEGER, value), constant(0)));
    }
    return size;
  }

  /**
   * A table with rows that are counted.
   *
   * @param rowBytes the expression for the bytes of a row
   * @param rows the condition that gives its rows
   * @param bytes what it takes, with values outside of their rows
   */
  private record Sampled(
      Table<?> table,
      Field<Integer> rowBytes,
      Condition rows,
      long pages,
      long bytes,
      long indexBytes) {
    long live(long rowsBytes) {
      long live = Math.min(rowsBytes, bytes);
      return live + Math.round((double) indexBytes * live / bytes);
    }

    Field<BigDecimal> sample(long step) {
      return field(
          select(coalesce(sum(rowBytes), constant(0)))
              .from(table)
              .where(rows)
              .and(step == 1 ? noCondition() : isOnEveryNthPage(step)));
    }

    private Condition isOnEveryNthPage(long step) {
      Field<Integer> page = field(name("page"), INTEGER);
      Field<Integer> line = field(name("line"), INTEGER);
      return Catalog.place()
          .eq(
              any(
                  array(
                      select(tid(page, line))
                          .from(
                              generateSeries(
                                      constant(0),
                                      constant((int) Math.min(pages - 1, Integer.MAX_VALUE)),
                                      constant((int) step))
                                  .as("pages", "page"))
                          .crossJoin(
                              generateSeries(constant(1), constant(MOST_ROWS_OF_A_PAGE))
                                  .as("lines", "line")))));
    }

    /** How many pages there are for each that is looked at. */
    double weight(long step) {
      return (double) pages / Math.ceilDiv(pages, step);
    }
  }

  /** The bytes of live rows with their part of the indexes, in all tables that grow. */
  static long of(Session session) throws SQLException {
    List<Sampled> tables = tables(session);
    long pages = tables.stream().mapToLong(Sampled::pages).sum();
    long step = 1;
    while (pages / step > PAGES) {
      step *= 2;
    }
    long live = 0;
    for (int from = 0; from < tables.size(); from += PartitionList.AT_ONCE) {
      int to = Math.min(tables.size(), from + PartitionList.AT_ONCE);
      live += of(session, tables.subList(from, to), step);
    }
    return live;
  }

  /** One statement: those that it locks are given back when it ends. */
  private static long of(Session session, List<Sampled> tables, long step) throws SQLException {
    List<Field<BigDecimal>> samples = tables.stream().map(table -> table.sample(step)).toList();
    return session
        .list(
            select(samples),
            row -> {
              long live = 0;
              for (int i = 0; i < tables.size(); i++) {
                Sampled table = tables.get(i);
                live += table.live(Math.round(row.getLong(i + 1) * table.weight(step)));
              }
              return live;
            })
        .getFirst();
  }

  private static List<Sampled> tables(Session session) throws SQLException {
    return session.list(TABLES_WITH_ROWS, LiveSize::table).stream()
        .filter(table -> table.pages() > 0)
        .toList();
  }

  private static Sampled table(ResultSet row) throws SQLException {
    long pages = row.getLong(4);
    long bytes = row.getLong(5);
    long indexBytes = row.getLong(6);
    if (row.getBoolean(2)) {
      // By way of their table: a role may have no rights on the partitions themselves.
      Condition range = Hours.within(EVENTS.START_HOUR, Partitions.range(row.getString(3)));
      Field<Integer> size = sizeOf(EVENT_BYTES, EVENTS.BODY);
      return new Sampled(EVENTS, size, range, pages, bytes, indexBytes);
    }
    if (row.getString(1).equals(NAMES.getName())) {
      Field<Integer> size = sizeOf(NAME_BYTES, NAMES.NAME);
      // Lists of keys belong to no trace.
      Condition ofTraces = NAMES.KIND.coerce(INTEGER).ne(constant(Name.Kind.INDEXED_KEYS.code()));
      return new Sampled(NAMES, size, ofTraces, pages, bytes, indexBytes);
    }
    Field<Integer> size =
        sizeOf(
            TRACE_BYTES, TRACES.FACETS, TRACES.TERMS, TRACES.FLOW_ID, TRACES.LABELS, TRACES.BODY);
    return new Sampled(TRACES, size, noCondition(), pages, bytes, indexBytes);
  }
}
