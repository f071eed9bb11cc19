package io.tracestore.provider.postgresql.read;

import io.tracestore.provider.postgresql.connect.Connections;
import io.tracestore.provider.postgresql.schema.Hours;
import io.tracestore.provider.postgresql.schema.Partitions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Facts from the server about a store: whether it works, its size, and its partitions. */
public final class PostgresServerInfo {
  private static final String PROBE =
      "INSERT INTO SCHEMA.traces (trace_id, start_hour, facets) VALUES (gen_random_uuid(), "
          + Hours.EARLY
          + ", '{}')";

  private static final String BYTES =
      "SELECT coalesce(sum(pg_total_relation_size(oid)), 0) FROM pg_class"
          + " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'SCHEMA')"
          + " AND relkind = 'r'";

  private static final String PARTITIONS =
      "SELECT relname, pg_total_relation_size(oid) FROM pg_class"
          + " WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = 'SCHEMA')"
          + " AND relkind = 'r' AND relispartition";

  private final Connections reading;
  private final Connections writing;

  public PostgresServerInfo(Connections reading, Connections writing) {
    this.reading = reading;
    this.writing = writing;
  }

  /** Writes a row and takes it back; says on what server. */
  public String check(List<String> warnings) {
    return writing.call(connection -> {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate(PROBE);
        statement
            .executeQuery(
                "SELECT 1 FROM SCHEMA.events WHERE start_hour = %s LIMIT 1"
                    .formatted(Hours.anyOf(List.of(Hours.EARLY))))
            .close();
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return "wrote to and read from PostgreSQL "
          + connection.getMetaData().getDatabaseProductVersion();
    });
  }

  public long storageBytes() {
    return reading.call(connection -> {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(BYTES)) {
        row.next();
        return row.getLong(1);
      }
    });
  }

  /** The bytes that live rows take, without the space that removed rows have left. */
  public long dataBytes() {
    return reading.call(LiveSize::of);
  }

  /**
   * How many partitions there are ({@code partitions}), the bytes of each ({@code bytes in
   * events_2026112500}), and how often something was done again ({@code repeats}).
   */
  public Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    counters.put("repeats", reading.repeats() + writing.repeats());
    counters.put("partitions", (long) reading.call(Partitions::list).size());
    counters.putAll(reading.call(PostgresServerInfo::partitionBytes));
    return counters;
  }

  private static Map<String, Long> partitionBytes(Connection connection) throws SQLException {
    Map<String, Long> bytes = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(PARTITIONS)) {
      while (rows.next()) {
        bytes.put("bytes in " + rows.getString(1), rows.getLong(2));
      }
    }
    return bytes;
  }
}
