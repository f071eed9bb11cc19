package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.schema.SystemTables.ACTIVE;
import static io.tracestore.provider.clickhouse.schema.SystemTables.BYTES_ON_DISK;
import static io.tracestore.provider.clickhouse.schema.SystemTables.DATA_UNCOMPRESSED_BYTES;
import static io.tracestore.provider.clickhouse.schema.SystemTables.DISKS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.FREE_SPACE;
import static io.tracestore.provider.clickhouse.schema.SystemTables.HAS_LIGHTWEIGHT_DELETE;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PART;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PARTITION;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PARTITION_ID;
import static io.tracestore.provider.clickhouse.schema.SystemTables.PARTS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.ROWS;
import static io.tracestore.provider.clickhouse.schema.SystemTables.TOTAL_SPACE;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.countExactly;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.i64;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.syncFiles;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.version;
import static org.jooq.impl.DSL.condition;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.greatest;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.sum;
import static org.jooq.impl.DSL.val;
import static org.jooq.impl.DSL.when;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.SystemTables;
import io.tracestore.spi.StoreConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Table;

/** Facts from the server about itself and the tables. */
public final class StoreStatistics {
  private static final double NEARLY_FULL = 0.05;

  /** A check that finds the row of the one before is done: the server still had to write it. */
  private static final Map<String, String> ONE_ROW =
      Map.of("insert_deduplication_token", "health check");

  /** A removal rewrites parts, as a merge does. */
  private static final List<String> SYNCED =
      List.of("fsync_after_insert", "fsync_part_directory", "min_rows_to_fsync_after_merge");

  private final Server server;
  private final Schema schema;

  public StoreStatistics(Server server, Schema schema) {
    this.server = server;
    this.schema = schema;
  }

  /**
   * Inserts a row into the table of all others, always the same one in a partition of its own, and
   * reads; says on what server.
   */
  public String check(List<String> warnings) {
    server.execute(
        insertInto(RECORDS, SECTION, DAY)
            .select(select(val(Section.HEALTH, SECTION), val(Day.HEALTH))),
        ONE_ROW);
    String version =
        server.query(
            select(version(), field(select(count()).from(select(one()).from(RECORDS).limit(1)))),
            row -> row.hasNext() ? row.text() : "");
    double free =
        server.query(
            select(i64(min(FREE_SPACE.div(TOTAL_SPACE)).mul(1_000_000)))
                .from(DISKS)
                .where(TOTAL_SPACE.gt(0L)),
            row -> row.hasNext() ? row.i64() / 1e6 : 1);
    if (free > 0 && free < NEARLY_FULL) {
      warnings.add("a disk of the server has only %.1f%% left".formatted(free * 100));
    }
    return "wrote to and read from ClickHouse " + version;
  }

  public long storageBytes() {
    return parts().getOrDefault("bytes", 0L);
  }

  /**
   * The approximate bytes of live rows, without those that deletes have hidden and merges have not
   * yet dropped.
   */
  public long dataBytes() {
    Condition ofRecords = schema.ofLocalRecords();
    Table<?> parts =
        select(SystemTables.NAME, BYTES_ON_DISK, ROWS, HAS_LIGHTWEIGHT_DELETE)
            .from(PARTS)
            .where(condition(ACTIVE), ofRecords)
            .asTable("parts");
    Field<Integer> live = count().as("live");
    Table<?> counts =
        select(PART, live)
            .from(schema.localRecords())
            .where(
                PART.in(
                    select(SystemTables.NAME)
                        .from(PARTS)
                        .where(condition(ACTIVE), ofRecords, condition(HAS_LIGHTWEIGHT_DELETE))))
            .groupBy(PART)
            .asTable("counts");
    return server.query(
        select(
                i64(
                    sum(
                        parts
                            .field(BYTES_ON_DISK)
                            .mul(
                                when(
                                        condition(parts.field(HAS_LIGHTWEIGHT_DELETE)),
                                        counts
                                            .field(live)
                                            .div(greatest(parts.field(ROWS), val(1L))))
                                    .else_(1)))))
            .from(parts)
            .leftJoin(counts)
            .on(parts.field(SystemTables.NAME).eq(counts.field(PART))),
        row -> row.hasNext() ? row.i64() : 0L);
  }

  /**
   * Makes the server's machine write all files to its disk; where the user may not ask for that,
   * whether the table is set so that each insert and each removal was written.
   */
  public boolean isSynced() {
    if (schema.isCluster()) {
      return false; // only the server that answers would do it
    }
    try {
      server.execute(syncFiles());
      return true;
    } catch (StoreConfigurationException refused) {
      return server.query(schema.engine(), row -> row.hasNext() && isSynced(row.text()));
    }
  }

  /** From the engine's definition, as the server prints it. */
  private static boolean isSynced(String engine) {
    return SYNCED.stream().allMatch(setting -> (engine + ",").contains(setting + " = 1,"));
  }

  /**
   * How many {@code parts}, {@code partitions} and {@code rows} there are, outdated rows included,
   * and what the rows take {@code uncompressedBytes}: on the server that answers, in a cluster.
   */
  public Map<String, Long> gauges() {
    Map<String, Long> gauges = parts();
    gauges.remove("bytes");
    return gauges;
  }

  private Map<String, Long> parts() {
    return server.query(
        select(
                count(),
                countExactly(PARTITION_ID),
                sum(ROWS),
                sum(BYTES_ON_DISK),
                sum(DATA_UNCOMPRESSED_BYTES))
            .from(PARTS)
            .where(
                condition(ACTIVE), schema.ofAllRecords(), PARTITION.ne(String.valueOf(Day.HEALTH))),
        row -> {
          Map<String, Long> parts = new TreeMap<>();
          if (row.hasNext()) {
            parts.put("parts", row.i64());
            parts.put("partitions", row.i64());
            parts.put("rows", row.i64());
            parts.put("bytes", row.i64());
            parts.put("uncompressedBytes", row.i64());
          }
          return parts;
        });
  }
}
