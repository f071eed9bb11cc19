package io.tracestore.provider.sqlite.sql;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Rows of one table that are inserted later, together and in the table's order. */
public final class RowBuffer<T> {
  /** So many are inserted at once, however many are to come. */
  private static final int MOST = 10_000;

  private final RowInsert insert;
  private final Comparator<T> order;
  private final RowInsert.Columns<T> columns;
  private final List<T> rows = new ArrayList<>();
  private long added;

  public RowBuffer(RowInsert insert, Comparator<T> order, RowInsert.Columns<T> columns) {
    this.insert = insert;
    this.order = order;
    this.columns = columns;
  }

  public void add(T row) throws SQLException {
    rows.add(row);
    added++;
    if (rows.size() == MOST) {
      flush();
    }
  }

  /** How many rows were added, inserted yet or not. */
  public long added() {
    return added;
  }

  /** Inserts the rows that were added since the last time. */
  public void flush() throws SQLException {
    if (!rows.isEmpty()) {
      rows.sort(order);
      insert.insert(rows, columns);
      rows.clear();
    }
  }
}
