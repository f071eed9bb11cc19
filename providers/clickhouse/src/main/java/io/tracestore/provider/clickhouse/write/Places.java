package io.tracestore.provider.clickhouse.write;

import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.schema.Sections.placed;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static org.jooq.impl.DSL.selectDistinct;

import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.clickhouse.sql.Rendered;
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

  private static final IdSet IDS = IdSet.parameter("ids");

  private final Server server;
  private final Rendered placesOfTraces;

  Places(Server server) {
    this.server = server;
    this.placesOfTraces =
        server.render(
            selectDistinct(TRACE_ID, DAY)
                .from(RECORDS)
                .where(placed(IDS))
                .unionAll(
                    selectDistinct(TRACE_ID, DAY)
                        .from(RECORDS)
                        .where(TRACE_ROWS, DAY.eq(Day.EARLY), TRACE_ID.in(idsOf(IDS)))));
  }

  /** The days of those traces that are there; {@link Day#EARLY} among them. */
  Map<UUID, Set<Integer>> of(Collection<UUID> ids) {
    Map<UUID, Set<Integer>> places = new HashMap<>();
    List<UUID> all = new ArrayList<>(ids);
    for (int from = 0; from < all.size(); from += STEP) {
      List<UUID> some = all.subList(from, Math.min(all.size(), from + STEP));
      server.queryAsWriter(placesOfTraces.with(IDS, some), row -> read(row, places));
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
