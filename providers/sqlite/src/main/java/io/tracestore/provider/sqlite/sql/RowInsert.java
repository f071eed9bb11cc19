package io.tracestore.provider.sqlite.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows into one table, several with each statement: that takes a quarter less time than one
 * by one, because SQLite starts to look for a row's place where it put the row before.
 */
public final class RowInsert {
  private static final int MOST = 20;

  private final Statements prepared;
  private final String head;
  private final String row;
  private final String tail;

  /** The statement for n rows at n - 1, once it was needed. */
  private final List<@Nullable PreparedStatement> statements =
      new ArrayList<>(Collections.nCopies(MOST, null));

  /** Binds the columns of one row. */
  @FunctionalInterface
  public interface Columns<T> {
    void bind(Binder binder, T row) throws SQLException;
  }

  /**
   * @param table the table and its columns
   * @param columns how many columns there are
   * @param tail what follows the values
   */
  public RowInsert(Statements prepared, String table, int columns, String tail) {
    this.prepared = prepared;
    this.head = "INSERT INTO " + table + " VALUES ";
    this.row = "(" + String.join(", ", Collections.nCopies(columns, "?")) + ")";
    this.tail = " " + tail;
  }

  public <T> void insert(List<T> rows, Columns<T> columns) throws SQLException {
    for (int from = 0; from < rows.size(); from += MOST) {
      List<T> some = rows.subList(from, Math.min(from + MOST, rows.size()));
      Binder binder = Binder.of(statement(some.size()));
      for (T one : some) {
        columns.bind(binder, one);
      }
      binder.run();
    }
  }

  private PreparedStatement statement(int rows) throws SQLException {
    PreparedStatement known = statements.get(rows - 1);
    if (known != null) {
      return known;
    }
    String values = String.join(", ", Collections.nCopies(rows, row));
    PreparedStatement added = prepared.prepare(head + values + tail);
    statements.set(rows - 1, added);
    return added;
  }
}
