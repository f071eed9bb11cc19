package io.tracestore.provider.clickhouse;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Removes traces: whole days by dropping their partition, others by lightweight deletes, which hide
 * rows at once and free their space when parts are merged.
 */
final class Removal {
  /** From so many partitions on, one delete over all of them is less work. */
  private static final int MAX_SINGLE_PARTITIONS = 8;

  /** How many traces or events one statement names at most. */
  private static final int STEP = 20_000;

  private final Server server;
  private final Schema schema;
  private final Revisions revisions;

  Removal(Server server, Schema schema, Revisions revisions) {
    this.server = server;
    this.schema = schema;
    this.revisions = revisions;
  }

  /** Removes the traces of {@code ids}, and returns those that were there. */
  Set<UUID> remove(Collection<UUID> ids) {
    Set<UUID> found = new HashSet<>();
    Set<Integer> days = new LinkedHashSet<>();
    server.queryAsWriter(
        "SELECT DISTINCT trace_id, day FROM %s WHERE %s AND trace_id IN %s"
            .formatted(schema.records(), TraceReader.TRACE_ROWS, Sql.ids(ids)),
        in -> {
          while (in.hasNext()) {
            found.add(in.id());
            days.add(in.i32());
          }
          return found;
        });
    if (!found.isEmpty()) {
      delete(days, "trace_id IN " + literals(found));
    }
    return found;
  }

  private void delete(Collection<Integer> days, String condition) {
    if (days.size() > MAX_SINGLE_PARTITIONS) {
      server.execute(
          "DELETE FROM %s %s WHERE %s"
              .formatted(schema.localRecords(), schema.onCluster(), condition));
      return;
    }
    for (int day : days) {
      server.execute(
          "DELETE FROM %s %s IN PARTITION %d WHERE %s"
              .formatted(schema.localRecords(), schema.onCluster(), day, condition));
    }
  }

  /** Replicas repeat a delete by themselves: what it names must not depend on a query. */
  private static String literals(Collection<UUID> ids) {
    return "(" + String.join(", ", ids.stream().map(Sql::id).toList()) + ")";
  }

  /**
   * Removes what started, or happened without a trace, at {@code last} or before; how many traces.
   */
  long removeUntil(long last) {
    removeEarlyEvents(last);
    Map<Integer, Long> days = tracesByDay(last);
    long removed = 0;
    for (Map.Entry<Integer, Long> day : days.entrySet()) {
      removed += day.getValue();
    }
    if (removed > 0) {
      removeEarlyRowsOf(last);
      days.keySet().forEach(day -> removeDay(day, last));
    }
    return removed;
  }

  private Map<Integer, Long> tracesByDay(long last) {
    return server.query(
        "SELECT day, uniqExact(trace_id) FROM %s WHERE section = 'time' AND name = '' AND age >= %d AND day <= %d GROUP BY day"
            .formatted(schema.records(), ~last, Day.of(last)),
        in -> {
          Map<Integer, Long> counts = new LinkedHashMap<>();
          while (in.hasNext()) {
            counts.put(in.i32(), in.i64());
          }
          return counts;
        });
  }

  private void removeDay(int day, long last) {
    if (Day.isSingle(day) && day < Day.of(last)) {
      server.execute(
          "ALTER TABLE %s %s DROP PARTITION %d"
              .formatted(schema.localRecords(), schema.onCluster(), day));
    } else {
      // Every row says when its trace started: no row needs another to be found.
      delete(List.of(day), Sql.nanos("started") + " <= " + last);
    }
  }

  /** Rows that came before the header of a trace stay where they are; they go with it. */
  private void removeEarlyRowsOf(long last) {
    String sql =
        """
        SELECT DISTINCT trace_id FROM %1$s WHERE day = %2$d AND trace_id IN \
        (SELECT trace_id FROM %1$s WHERE section = 'time' AND name = '' AND age >= %3$d AND day <= %4$d)\
        """
            .formatted(schema.records(), Day.EARLY, ~last, Day.of(last));
    inSteps(
        server.query(sql, Removal::ids),
        1,
        ids -> delete(List.of(Day.EARLY), "trace_id IN " + literals(ids)));
  }

  /** Of events without a trace those that are old, in their newest version. */
  private void removeEarlyEvents(long last) {
    String sql =
        """
        SELECT trace_id, id FROM (SELECT trace_id, ids[1] AS id, argMax(ts, rev) AS newest \
        FROM %1$s WHERE %2$s AND notEmpty(ids) AND day = %3$d AND trace_id NOT IN \
        (SELECT trace_id FROM %1$s WHERE section = 'time') GROUP BY trace_id, id) \
        WHERE %4$s <= %5$d\
        """
            .formatted(
                schema.records(), TraceReader.TRACE_ROWS, Day.EARLY, Sql.nanos("newest"), last);
    inSteps(
        server.query(sql, Removal::ids),
        2,
        pairs -> {
          // What says which actors a trace has may be outdated from now on.
          markRepeated(pairs);
          delete(
              List.of(Day.EARLY), "section = 'trace' AND (trace_id, ids[1]) IN " + tuples(pairs));
        });
  }

  private void markRepeated(List<UUID> pairs) {
    Set<UUID> traces = new LinkedHashSet<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      traces.add(pairs.get(i));
    }
    RecordBlock block = new RecordBlock(revisions.next(0));
    traces.forEach(trace -> block.addRepeated(trace, Placement.EARLY));
    server.insert("records", List.of(block), UUID.randomUUID().toString());
  }

  private static String tuples(List<UUID> pairs) {
    List<String> tuples = new ArrayList<>(pairs.size() / 2);
    for (int i = 0; i < pairs.size(); i += 2) {
      tuples.add("(" + Sql.id(pairs.get(i)) + ", " + Sql.id(pairs.get(i + 1)) + ")");
    }
    return "(" + String.join(", ", tuples) + ")";
  }

  private static List<UUID> ids(RowInput in) throws IOException {
    List<UUID> ids = new ArrayList<>();
    while (in.hasNext()) {
      ids.add(in.id());
    }
    return ids;
  }

  private interface Step {
    void remove(List<UUID> ids);
  }

  private static void inSteps(List<UUID> ids, int width, Step step) {
    for (int from = 0; from < ids.size(); from += STEP * width) {
      step.remove(ids.subList(from, Math.min(ids.size(), from + STEP * width)));
    }
  }
}
