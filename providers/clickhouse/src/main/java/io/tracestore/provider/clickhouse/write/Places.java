package io.tracestore.provider.clickhouse.write;

import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.Sql;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
              .formatted(
                  records, Sections.placed(some), Sections.TRACE_ROWS, Day.EARLY, Sql.ids(some));
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
}
