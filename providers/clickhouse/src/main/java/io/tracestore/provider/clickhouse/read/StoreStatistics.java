package io.tracestore.provider.clickhouse.read;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.sql.Sql;
import io.tracestore.spi.StoreConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
  private final String database;

  public StoreStatistics(Server server, Schema schema, String database) {
    this.server = server;
    this.schema = schema;
    this.database = database;
  }

  /**
   * Inserts a row into the table of all others, always the same one in a partition of its own, and
   * reads; says on what server.
   */
  public String check(List<String> warnings) {
    server.execute(
        "INSERT INTO %s (section, day) SELECT 'health', toInt32(%d)"
            .formatted(schema.records(), Day.HEALTH),
        ONE_ROW);
    String version =
        server.query(
            "SELECT version(), (SELECT count() FROM (SELECT 1 FROM %s LIMIT 1))"
                .formatted(schema.records()),
            row -> row.hasNext() ? row.text() : "");
    double free =
        server.query(
            "SELECT toInt64(min(free_space / greatest(total_space, 1)) * 1000000) FROM system.disks"
                + " WHERE total_space > 0",
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
    return server.query(
        """
        SELECT toInt64(sum(bytes_on_disk * if(has_lightweight_delete, live / greatest(rows, 1), 1))) FROM \
        (SELECT name, bytes_on_disk, rows, has_lightweight_delete FROM system.parts \
        WHERE active AND database = %1$s AND table = %2$s) AS parts LEFT JOIN \
        (SELECT _part AS name, count() AS live FROM %3$s WHERE _part IN (SELECT name FROM system.parts \
        WHERE active AND database = %1$s AND table = %2$s AND has_lightweight_delete) GROUP BY name) AS counts \
        ON parts.name = counts.name\
        """
            .formatted(Sql.text(database), Sql.text(schema.localName()), schema.localRecords()),
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
      server.execute("SYSTEM SYNC FILE CACHE");
      return true;
    } catch (StoreConfigurationException refused) {
      return server.query(
          "SELECT engine_full FROM system.tables WHERE database = %s AND name = %s"
              .formatted(Sql.text(database), Sql.text(schema.localName())),
          row -> row.hasNext() && isSynced(row.text()));
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
        """
        SELECT toInt64(count()), toInt64(uniqExact(partition_id)), toInt64(sum(rows)), \
        toInt64(sum(bytes_on_disk)), toInt64(sum(data_uncompressed_bytes)) \
        FROM system.parts WHERE active AND database = %s AND table LIKE 'records%%' \
        AND partition != '%d'\
        """
            .formatted(Sql.text(database), Day.HEALTH),
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
