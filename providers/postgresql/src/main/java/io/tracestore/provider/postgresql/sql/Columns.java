package io.tracestore.provider.postgresql.sql;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import org.jooq.DataType;
import org.jooq.Field;

/**
 * Columns of tables that a statement makes for itself: of a subquery, of a part of its WITH, or of
 * arrays. They are named after the columns that they come from, so that they change with these.
 */
public final class Columns {
  private Columns() {}

  /** The column of {@code table} with the name and type of {@code like}. */
  public static <T> Field<T> of(String table, Field<T> like) {
    return of(table, like.getName(), like.getDataType());
  }

  public static <T> Field<T> of(String table, String column, DataType<T> type) {
    return field(name(table, column), type);
  }
}
