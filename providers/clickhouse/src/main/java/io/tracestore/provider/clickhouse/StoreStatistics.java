package io.tracestore.provider.clickhouse;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the server says about itself and the tables. */
final class StoreStatistics {
  private static final double NEARLY_FULL = 0.05;

  private final Server server;
  private final Schema schema;
  private final String database;

  StoreStatistics(Server server, Schema schema, String database) {
    this.server = server;
    this.schema = schema;
    this.database = database;
  }

  /** Inserts into a table that keeps nothing, and reads; says on what server. */
  String check(List<String> warnings) {
    server.execute("INSERT INTO %s.health (checked) SELECT 1".formatted(database));
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

  long storageBytes() {
    return parts().getOrDefault("bytes", 0L);
  }

  /**
   * How many {@code parts}, {@code partitions} and {@code rows} there are, outdated rows included,
   * and what the rows take {@code uncompressedBytes}: on the server that answers, in a cluster.
   */
  Map<String, Long> gauges() {
    Map<String, Long> gauges = parts();
    gauges.remove("bytes");
    return gauges;
  }

  private Map<String, Long> parts() {
    return server.query(
        """
        SELECT toInt64(count()), toInt64(uniqExact(partition_id)), toInt64(sum(rows)), \
        toInt64(sum(bytes_on_disk)), toInt64(sum(data_uncompressed_bytes)) \
        FROM system.parts WHERE active AND database = %s AND table LIKE 'records%%'\
        """
            .formatted(Sql.text(database)),
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
