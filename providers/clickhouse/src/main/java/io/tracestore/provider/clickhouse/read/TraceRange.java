package io.tracestore.provider.clickhouse.read;

import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.sortedSample;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.select;

import io.tracestore.provider.clickhouse.connect.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Record1;
import org.jooq.Select;
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

  /** The rows of traces in this range. */
  Condition rows() {
    return and(
        from == null ? noCondition() : TRACE_ID.ge(from),
        to == null ? noCondition() : TRACE_ID.lt(to));
  }

  /**
   * Divides this range where the ids of some rows do, as a sample of them tells.
   *
   * @param held conditions for the rows that a statement holds
   * @param most about how many of them lie in each part; those of one trace are not divided
   */
  List<TraceRange> divide(Server server, List<Condition> held, long most) {
    // Each by itself: the server's indexes do not serve alternatives.
    Select<Record1<UUID>> rows =
        held.stream()
            .<Select<Record1<UUID>>>map(
                condition -> select(TRACE_ID).from(RECORDS).where(condition, rows()))
            .reduce(Select::unionAll)
            .orElseThrow();
    return server.query(
        select(count(), sortedSample(TRACE_ID, SAMPLE)).from(rows.asTable("held")),
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
