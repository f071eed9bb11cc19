package io.tracestore.provider.sqlite.sql;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jooq.Field;
import org.jooq.Query;
import org.jooq.RowN;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Inserts rows into one table, several with each statement: that takes a quarter less time than one
 * by one, because SQLite starts to look for a row's place where it put the row before.
 */
public final class RowInsert {
  private static final int MOST = 20;

  private final Statements prepared;
  private final Text text;

  /** The statement for n rows at n - 1, once it was needed. */
  private final List<@Nullable PreparedStatement> statements =
      new ArrayList<>(Collections.nCopies(MOST, null));

  /** The insert as text, for each number of rows. Safe for many threads. */
  public static final class Text {
    private final RowN row;
    private final Function<List<RowN>, Query> insert;
    private final Map<Integer, Rendered> rendered = new ConcurrentHashMap<>();

    /**
     * @param columns the columns, in the order in which they are bound
     * @param insert the statement that inserts rows of parameters
     */
    public Text(List<Field<?>> columns, Function<List<RowN>, Query> insert) {
      this.row = DSL.row(columns.stream().map(DSL::param).toList());
      this.insert = insert;
    }

    private Rendered of(int rows) {
      return rendered.computeIfAbsent(
          rows, count -> Rendered.of(insert.apply(Collections.nCopies(count, row))));
    }
  }

  /** Binds the columns of one row. */
  @FunctionalInterface
  public interface Columns<T> {
    void bind(Binder binder, T row) throws SQLException;
  }

  public RowInsert(Statements prepared, Text text) {
    this.prepared = prepared;
    this.text = text;
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
    PreparedStatement added = prepared.prepare(text.of(rows));
    statements.set(rows - 1, added);
    return added;
  }
}
