package io.tracestore.provider.clickhouse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Finds in which partitions traces lie, however their ids are made: of random ones every part of
 * the table may have some, so that only an index over one row of each trace tells.
 */
final class Places {
  /** How many traces one statement names at most: with more, the index lets too much through. */
  static final int STEP = 2_000;

  private final Server server;
  private final String records;

  Places(Server server, Schema schema) {
    this.server = server;
    this.records = schema.records();
  }

  /** The days of those traces that are there; {@link Day#EARLY} among them. */
  Map<UUID, Set<Integer>> of(Collection<UUID> ids) {
    Map<UUID, Set<Integer>> places = new HashMap<>();
    List<UUID> all = new ArrayList<>(ids);
    for (int from = 0; from < all.size(); from += STEP) {
      List<UUID> some = all.subList(from, Math.min(all.size(), from + STEP));
      String sql =
          """
          SELECT DISTINCT trace_id, day FROM %1$s WHERE %2$s UNION ALL \
          SELECT DISTINCT trace_id, day FROM %1$s WHERE %3$s AND day = %4$d AND trace_id IN %5$s\
          """
              .formatted(records, placed(some), TraceReader.TRACE_ROWS, Day.EARLY, Sql.ids(some));
      server.queryAsWriter(sql, row -> read(row, places));
    }
    return places;
  }

  private static int read(RowInput row, Map<UUID, Set<Integer>> places) throws IOException {
    int rows = 0;
    while (row.hasNext()) {
      places.computeIfAbsent(row.id(), id -> new HashSet<>()).add(row.i32());
      rows++;
    }
    return rows;
  }

  /** The one row of section {@code time} of each of {@code ids}, as a condition. */
  static String placed(Collection<UUID> ids) {
    return """
    section = 'time' AND name = '' \
    AND if(section = 'time', cityHash64(trace_id), 0) IN %1$s \
    AND if(section = 'time', sipHash64(trace_id), 0) IN %2$s AND trace_id IN %3$s\
    """
        .formatted(Sql.hashes("cityHash64", ids), Sql.hashes("sipHash64", ids), Sql.ids(ids));
  }

  /** Rows in one of {@code days}, as a condition. */
  static String in(Collection<Integer> days) {
    return "day IN ("
        + String.join(", ", new TreeSet<>(days).stream().map(String::valueOf).toList())
        + ")";
  }
}
