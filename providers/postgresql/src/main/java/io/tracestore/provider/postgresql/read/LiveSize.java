package io.tracestore.provider.postgresql.read;

import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.PartitionList;
import io.tracestore.provider.postgresql.schema.Partitions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

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

  // A value outside of its row counts with its size there; none is read.
  private static final String OF_EVENTS = EVENT_BYTES + " + pg_column_size(body)";

  private static final String OF_TRACES =
      TRACE_BYTES
          + " + pg_column_size(facets) + coalesce(pg_column_size(flow_id), 0)"
          + " + coalesce(pg_column_size(labels), 0) + coalesce(pg_column_size(body), 0)";

  private static final String OF_NAMES = NAME_BYTES + " + pg_column_size(name)";

  private static final String TABLES =
      "SELECT relname, relispartition, pg_get_expr(relpartbound, 0),"
          + " pg_relation_size(oid) / current_setting('block_size')::bigint, pg_table_size(oid),"
          + " pg_indexes_size(oid) FROM pg_class"
          + " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'SCHEMA')"
          + " AND relkind = 'r' AND (relispartition OR relname IN ('traces', 'names'))";

  private static final String EVERY_NTH_PAGE =
      " AND ctid = ANY (ARRAY (SELECT ('(' || page || ',' || line || ')')::tid FROM"
          + " generate_series(0, %d, %d) AS page, generate_series(1, "
          + MOST_ROWS_OF_A_PAGE
          + ") AS line))";

  private LiveSize() {}

  /**
   * A table with rows that are counted.
   *
   * @param rowBytes the expression for the bytes of a row
   * @param rows the condition that gives its rows
   * @param bytes what it takes, with values outside of their rows
   */
  private record Table(
      String name, String rowBytes, String rows, long pages, long bytes, long indexBytes) {
    long live(long rowsBytes) {
      long live = Math.min(rowsBytes, bytes);
      return live + Math.round((double) indexBytes * live / bytes);
    }

    String sample(long step) {
      String some = step == 1 ? "" : EVERY_NTH_PAGE.formatted(pages - 1, step);
      return "SELECT coalesce(sum(%s), 0) FROM SCHEMA.%s WHERE %s%s"
          .formatted(rowBytes, name, rows, some);
    }

    /** How many pages there are for each that is looked at. */
    double weight(long step) {
      return (double) pages / Math.ceilDiv(pages, step);
    }
  }

  /** The bytes of live rows with their part of the indexes, in all tables that grow. */
  static long of(Connection connection) throws SQLException {
    List<Table> tables = tables(connection);
    long pages = tables.stream().mapToLong(Table::pages).sum();
    long step = 1;
    while (pages / step > PAGES) {
      step *= 2;
    }
    long live = 0;
    for (int from = 0; from < tables.size(); from += PartitionList.AT_ONCE) {
      int to = Math.min(tables.size(), from + PartitionList.AT_ONCE);
      live += of(connection, tables.subList(from, to), step);
    }
    return live;
  }

  /** One statement: those that it locks are given back when it ends. */
  private static long of(Connection connection, List<Table> tables, long step) throws SQLException {
    List<String> samples = tables.stream().map(table -> "(" + table.sample(step) + ")").toList();
    long live = 0;
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + String.join(", ", samples))) {
      row.next();
      for (int i = 0; i < tables.size(); i++) {
        Table table = tables.get(i);
        live += table.live(Math.round(row.getLong(i + 1) * table.weight(step)));
      }
    }
    return live;
  }

  private static List<Table> tables(Connection connection) throws SQLException {
    List<Table> tables = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(TABLES)) {
      while (rows.next()) {
        if (rows.getLong(4) > 0) {
          tables.add(table(rows));
        }
      }
    }
    return tables;
  }

  private static Table table(ResultSet row) throws SQLException {
    String name = row.getString(1);
    if (row.getBoolean(2)) {
      // By way of their table: a role may have no rights on the partitions themselves.
      String range = Hours.within("start_hour", Partitions.range(row.getString(3)));
      return new Table("events", OF_EVENTS, range, row.getLong(4), row.getLong(5), row.getLong(6));
    }
    String rowBytes = name.equals("traces") ? OF_TRACES : OF_NAMES;
    return new Table(name, rowBytes, "true", row.getLong(4), row.getLong(5), row.getLong(6));
  }
}
