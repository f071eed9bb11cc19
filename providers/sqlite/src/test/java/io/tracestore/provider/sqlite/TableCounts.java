package io.tracestore.provider.sqlite;

import io.tracestore.spi.TraceStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** The number of rows of each table. */
final class TableCounts {
  private static final List<String> TABLES =
      List.of(
          "traces",
          "events",
          "names",
          "trace_actors",
          "trace_event_types",
          "trace_tags",
          "trace_names");

  private TableCounts() {}

  static Map<String, Long> of(TraceStore store) {
    Map<String, Long> counts = new TreeMap<>();
    try (Connection connection = store.unwrap(DataSource.class).getConnection()) {
      for (String table : TABLES) {
        counts.put(table, PlainSql.number(connection, "SELECT count(*) FROM " + table));
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return counts;
  }
}
