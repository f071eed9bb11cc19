package io.tracestore.provider.clickhouse.read;

import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.sql.Sql;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A range of trace ids. A statement that would hold all traces in the server's memory is run for
 * one range at a time; a trace lies in one range with all its rows.
 *
 * @param from the lowest id; null for no bound
 * @param to the lowest id above the range; null for no bound
 */
record TraceRange(@Nullable UUID from, @Nullable UUID to) {
  static final TraceRange ALL = new TraceRange(null, null);

  /** Enough that each of a hundred ranges is a hundred of them. */
  private static final int SAMPLE = 10_000;

  /** The condition of this range, to follow others. */
  String and() {
    return (from == null ? "" : " AND trace_id >= " + Sql.id(from))
        + (to == null ? "" : " AND trace_id < " + Sql.id(to));
  }

  /**
   * Divides this range where the ids of some rows do, as a sample of them tells.
   *
   * @param records their table
   * @param held conditions for the rows that a statement holds
   * @param most about how many of them lie in each part; those of one trace are not divided
   */
  List<TraceRange> divide(Server server, String records, List<String> held, long most) {
    // Each by itself: the server's indexes do not serve alternatives.
    String rows =
        held.stream()
            .map(condition -> "SELECT trace_id FROM " + records + " WHERE " + condition + and())
            .collect(Collectors.joining(" UNION ALL "));
    return server.query(
        "SELECT count(), arraySort(groupArraySample(%d, 1)(trace_id)) FROM (%s)"
            .formatted(SAMPLE, rows),
        row -> {
          long count = row.hasNext() ? row.i64() : 0;
          int size = count == 0 ? 0 : row.length();
          List<UUID> sample = new ArrayList<>(size);
          for (int i = 0; i < size; i++) {
            sample.add(row.id());
          }
          return divide(sample, Math.ceilDiv(count, most));
        });
  }

  private List<TraceRange> divide(List<UUID> sorted, long parts) {
    List<TraceRange> ranges = new ArrayList<>();
    UUID begin = from;
    for (long part = 1; part < Math.min(parts, sorted.size()); part++) {
      UUID bound = sorted.get(Math.toIntExact(part * sorted.size() / parts));
      if (!bound.equals(begin)) {
        ranges.add(new TraceRange(begin, bound));
        begin = bound;
      }
    }
    ranges.add(new TraceRange(begin, to));
    return ranges;
  }
}
