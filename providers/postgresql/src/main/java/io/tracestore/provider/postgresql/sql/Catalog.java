package io.tracestore.provider.postgresql.sql;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.function;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import org.jooq.Condition;
import org.jooq.DataType;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** Tables, columns and functions of the server's catalog, as far as the store uses them. */
public final class Catalog {
  /** The tables of all schemas, and their indexes. */
  public static final Table<?> TABLES = table(name("pg_catalog", "pg_class")).as("c");

  public static final Field<Long> TABLE = Columns.of("c", "oid", SQLDataType.BIGINT);
  public static final Field<String> TABLE_NAME = Columns.of("c", "relname", SQLDataType.VARCHAR);
  public static final Field<Long> TABLE_OWNER = Columns.of("c", "relowner", SQLDataType.BIGINT);

  /** About how many rows a table had when it was looked at last. */
  public static final Field<Integer> TABLE_ROWS = Columns.of("c", "reltuples", SQLDataType.INTEGER);

  public static final Field<Boolean> IS_PARTITION =
      Columns.of("c", "relispartition", SQLDataType.BOOLEAN);
  private static final Field<Long> TABLE_SCHEMA =
      Columns.of("c", "relnamespace", SQLDataType.BIGINT);
  private static final Field<Object> TABLE_BOUNDS =
      Columns.of("c", "relpartbound", SQLDataType.OTHER);
  private static final Field<String> TABLE_KIND = Columns.of("c", "relkind", SQLDataType.VARCHAR);

  /** All schemas. */
  public static final Table<?> SCHEMAS = table(name("pg_catalog", "pg_namespace")).as("s");

  public static final Field<Long> SCHEMA = Columns.of("s", "oid", SQLDataType.BIGINT);
  public static final Field<String> SCHEMA_NAME = Columns.of("s", "nspname", SQLDataType.VARCHAR);

  /** Which table is a partition of which. */
  public static final Table<?> PARTITIONS = table(name("pg_catalog", "pg_inherits")).as("i");

  public static final Field<Long> PARTITION = Columns.of("i", "inhrelid", SQLDataType.BIGINT);
  public static final Field<Long> PARTITION_OF = Columns.of("i", "inhparent", SQLDataType.BIGINT);

  /** All databases. */
  public static final Table<?> DATABASES = table(name("pg_catalog", "pg_database")).as("d");

  public static final Field<Long> DATABASE = Columns.of("d", "oid", SQLDataType.BIGINT);
  public static final Field<String> DATABASE_NAME = Columns.of("d", "datname", SQLDataType.VARCHAR);

  private Catalog() {}

  /** A system column of the table of the statement: where a version of a row is. */
  public static Field<Object> place() {
    return field(name("ctid"), SQLDataType.OTHER);
  }

  /** Has the server compute {@code function}. */
  public static <T> Field<T> call(String function, DataType<T> type, Field<?>... arguments) {
    return function(name(function), type, arguments);
  }

  /** The value of a setting. */
  public static Field<String> setting(String name) {
    return call("current_setting", SQLDataType.VARCHAR, val(name));
  }

  /** Which schema a table of the catalog is in. */
  public static Condition inSchema() {
    return TABLE_SCHEMA.eq(SCHEMA);
  }

  /** That a table of the catalog is in the store's schema. */
  public static Condition ofStore() {
    return TABLE_SCHEMA.eq(
        select(SCHEMA).from(SCHEMAS).where(SCHEMA_NAME.eq(SqlTemplates.schemaName())));
  }

  /** That a table of the catalog has rows of its own: no index, no table that is partitioned. */
  public static Condition hasRows() {
    return TABLE_KIND.eq("r");
  }

  /** The id of a table of the store. */
  public static Field<Long> idOf(Table<?> table) {
    return field(select(TABLE).from(TABLES).where(TABLE_NAME.eq(table.getName()), ofStore()));
  }

  /** The range of a partition. Without its id the server waits for no lock on the partition. */
  public static Field<String> bounds() {
    return call("pg_get_expr", SQLDataType.VARCHAR, TABLE_BOUNDS, SqlTemplates.constant(0));
  }
}
