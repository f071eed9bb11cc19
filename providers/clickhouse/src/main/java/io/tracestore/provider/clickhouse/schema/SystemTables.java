package io.tracestore.provider.clickhouse.schema;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.tracestore.provider.clickhouse.sql.Types;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The server's own tables, as far as they are read, and their columns. */
public final class SystemTables {
  public static final Table<Record> TABLES = system("tables");
  public static final Table<Record> PARTS = system("parts");
  public static final Table<Record> PROJECTIONS = system("projections");
  public static final Table<Record> MUTATIONS = system("mutations");
  public static final Table<Record> DISKS = system("disks");

  // Of several
  public static final Field<String> DATABASE = field(name("database"), Types.TEXT);
  public static final Field<String> TABLE = field(name("table"), Types.TEXT);
  public static final Field<String> NAME = field(name("name"), Types.TEXT);

  // Of tables
  public static final Field<String> ENGINE_FULL = field(name("engine_full"), Types.TEXT);

  // Of parts
  public static final Field<Boolean> ACTIVE = field(name("active"), SQLDataType.BOOLEAN);
  public static final Field<String> PARTITION = field(name("partition"), Types.TEXT);
  public static final Field<String> PARTITION_ID = field(name("partition_id"), Types.TEXT);
  public static final Field<Long> ROWS = field(name("rows"), SQLDataType.BIGINT);
  public static final Field<Long> BYTES_ON_DISK = field(name("bytes_on_disk"), SQLDataType.BIGINT);
  public static final Field<Long> DATA_UNCOMPRESSED_BYTES =
      field(name("data_uncompressed_bytes"), SQLDataType.BIGINT);
  public static final Field<Boolean> HAS_LIGHTWEIGHT_DELETE =
      field(name("has_lightweight_delete"), SQLDataType.BOOLEAN);
  public static final Field<String[]> PART_PROJECTIONS =
      field(name("projections"), SQLDataType.CLOB.array());

  // Of mutations
  public static final Field<Boolean> IS_DONE = field(name("is_done"), SQLDataType.BOOLEAN);
  public static final Field<String> COMMAND = field(name("command"), Types.TEXT);

  // Of disks
  public static final Field<Long> FREE_SPACE = field(name("free_space"), SQLDataType.BIGINT);
  public static final Field<Long> TOTAL_SPACE = field(name("total_space"), SQLDataType.BIGINT);

  // Of every table: the part that a row is in
  public static final Field<String> PART = field(name("_part"), Types.TEXT);

  private SystemTables() {}

  private static Table<Record> system(String name) {
    return table(name("system", name));
  }
}
