package io.tracestore.provider.sqlite.sql;

import static org.jooq.impl.DSL.binarySubstring;
import static org.jooq.impl.DSL.bitAnd;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.function;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.keyword;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.query;
import static org.jooq.impl.DSL.resultQuery;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.shr;
import static org.jooq.impl.DSL.table;

import org.jooq.Field;
import org.jooq.Insert;
import org.jooq.Keyword;
import org.jooq.Query;
import org.jooq.QueryPart;
import org.jooq.ResultQuery;
import org.jooq.Table;

/**
 * The SQL of SQLite that jOOQ does not have. All text of SQL stands here or in the script of the
 * tables.
 */
public final class SqlTemplates {
  private SqlTemplates() {}

  /** Reads a setting or a fact; some do work and return what they found. */
  public static ResultQuery<?> pragma(Pragma pragma) {
    return resultQuery("PRAGMA {0}", word(pragma));
  }

  /** Sets what is a number. */
  public static Query pragma(Pragma pragma, long value) {
    return pragma(pragma, inline(value));
  }

  /** Sets what is a word. */
  public static Query pragma(Pragma pragma, Enum<?> value) {
    return pragma(pragma, word(value));
  }

  /** Sets what is on or off. */
  public static Query pragma(Pragma pragma, boolean on) {
    return pragma(pragma, keyword(on ? "ON" : "OFF"));
  }

  private static Query pragma(Pragma pragma, QueryPart value) {
    return query("PRAGMA {0} = {1}", word(pragma), value);
  }

  private static Keyword word(Enum<?> value) {
    return keyword(value.toString());
  }

  /** A number that a PRAGMA returns, within another statement. */
  public static Field<Long> numberOf(Pragma pragma) {
    return field(
        select(field(name(pragma.toString()), Long.class)).from(table(name("pragma_" + pragma))));
  }

  /** The table of all tables and indexes. */
  public static Table<?> sqliteSchema() {
    return table(name("sqlite_schema"));
  }

  /** The version of SQLite. */
  public static Field<String> sqliteVersion() {
    return function(name("sqlite_version"), String.class);
  }

  /** Begins a transaction that writes: waits for that of another process first. */
  public static Query beginImmediate() {
    return query("BEGIN IMMEDIATE");
  }

  /** Lets a new database give back free pages when it is asked to. */
  public static Query enableIncrementalVacuum() {
    return pragma(Pragma.AUTO_VACUUM, keyword("INCREMENTAL"));
  }

  /** Copies the database to a file that is empty or does not exist. */
  public static Query vacuumInto(Field<String> file) {
    return query("VACUUM INTO {0}", file);
  }

  /** An insert that returns a column of the new row; jOOQ asks the driver for keys instead. */
  public static ResultQuery<?> returning(Insert<?> insert, Field<?> column) {
    return resultQuery("{0} RETURNING {1}", insert, column);
  }

  /** The n-th column of a select, to order a union by. */
  public static Field<Integer> column(int number) {
    return inline(number);
  }

  /** The first bytes of a value. */
  public static Field<byte[]> first(int bytes, Field<byte[]> value) {
    return binarySubstring(value, inline(1), inline(bytes));
  }

  /** A column whose indexes SQLite leaves alone, because another one leads. */
  public static <T> Field<T> withoutIndex(Field<T> column) {
    return field("+{0}", column.getDataType(), column);
  }

  /** The upper 32 bits of a number, for a sum that may exceed 64 bits. */
  public static Field<Long> upperHalf(Field<Long> number) {
    return shr(number, inline(Integer.SIZE));
  }

  /** The lower 32 bits of a number, as an unsigned one. */
  public static Field<Long> lowerHalf(Field<Long> number) {
    return bitAnd(number, inline(0xFFFF_FFFFL));
  }
}
