package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.TraceId;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes old rows that came before the header of their trace. They lie in a partition of their
 * own, which is read trace after trace: no statement names all of them.
 */
final class EarlyRemoval {
  /** How many traces are looked at at once. */
  private static final int PAGE = Places.STEP;

  /** How many events of a page are removed one by one at once. */
  private static final int EVENTS = 10_000;

  private final Server server;
  private final Schema schema;
  private final Revisions revisions;
  private final Removal removal;

  EarlyRemoval(Server server, Schema schema, Revisions revisions, Removal removal) {
    this.server = server;
    this.schema = schema;
    this.revisions = revisions;
    this.removal = removal;
  }

  /**
   * Removes those of traces that started, or without a trace happened, at {@code last} or before.
   */
  void removeUntil(long last) {
    List<UUID> page = page(null, PAGE);
    while (!page.isEmpty()) {
      removeOf(page, last);
      page = page.size() < PAGE ? List.of() : page(page.getLast(), PAGE);
    }
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    List<TraceId> early = new ArrayList<>();
    List<UUID> page = page(after == null ? null : after.value(), PAGE);
    while (!page.isEmpty()) {
      Set<UUID> withHeader = starts(page).keySet();
      for (UUID id : page) {
        if (!withHeader.contains(id) && early.size() < limit) {
          early.add(new TraceId(id));
        }
      }
      boolean isLast = page.size() < PAGE || early.size() == limit;
      page = isLast ? List.of() : page(page.getLast(), PAGE);
    }
    return early;
  }

  private List<UUID> page(@Nullable UUID after, int limit) {
    String sql =
        "SELECT trace_id FROM %s WHERE %s AND day = %d%s GROUP BY section, name, age, trace_id ORDER BY trace_id LIMIT %d"
            .formatted(
                schema.records(),
                Sections.TRACE_ROWS,
                Day.EARLY,
                after == null ? "" : " AND trace_id > " + Sql.id(after),
                limit);
    return server.query(sql, EarlyRemoval::ids);
  }

  private void removeOf(List<UUID> page, long last) {
    Map<UUID, Long> starts = starts(page);
    List<UUID> old = new ArrayList<>();
    List<UUID> without = new ArrayList<>();
    for (UUID id : page) {
      Long start = starts.get(id);
      if (start == null) {
        without.add(id);
      } else if (start <= last) {
        old.add(id);
      }
    }
    for (List<UUID> some : Removal.steps(old)) {
      removal.delete(List.of(Day.EARLY), "trace_id IN " + Removal.literals(some));
    }
    if (!without.isEmpty()) {
      removeWhole(without, last);
      removeSingle(without, last);
    }
  }

  private Map<UUID, Long> starts(List<UUID> page) {
    return server.query(
        "SELECT DISTINCT trace_id, started FROM %s WHERE %s"
            .formatted(schema.records(), Sections.placed(page)),
        row -> {
          Map<UUID, Long> starts = new HashMap<>();
          while (row.hasNext()) {
            starts.put(row.id(), row.i64());
          }
          return starts;
        });
  }

  /** The newest versions of the events of these traces, as a table. */
  private String newest(Collection<UUID> ids) {
    return "(SELECT trace_id, ids[1] AS id, %s AS newest FROM %s WHERE %s AND notEmpty(ids) AND day = %d AND trace_id IN %s GROUP BY trace_id, id)"
        .formatted(
            "argMax(%s, rev)".formatted(Sql.nanos("ts")),
            schema.records(),
            Sections.TRACE_ROWS,
            Day.EARLY,
            Sql.ids(ids));
  }

  /** Traces all of whose events are old go with everything that is listed of them. */
  private void removeWhole(List<UUID> ids, long last) {
    String sql =
        "SELECT trace_id FROM %s GROUP BY trace_id HAVING max(newest) <= %d"
            .formatted(newest(ids), last);
    for (List<UUID> some : Removal.steps(server.query(sql, EarlyRemoval::ids))) {
      removal.delete(
          List.of(Day.EARLY),
          "trace_id IN %s%s".formatted(Removal.literals(some), stillWithout(some)));
    }
  }

  private void removeSingle(List<UUID> ids, long last) {
    String sql =
        "SELECT trace_id, id FROM %s WHERE newest <= %d ORDER BY trace_id, id LIMIT %d"
            .formatted(newest(ids), last, EVENTS);
    List<UUID> before = List.of();
    List<UUID> pairs = server.query(sql, EarlyRemoval::ids);
    // Events whose trace was stored during the call stay, and would be found again and again.
    while (!pairs.isEmpty() && !pairs.equals(before)) {
      // The rows that list a trace's actors may be outdated from now on.
      markRepeated(pairs);
      for (List<UUID> some : Removal.steps(pairs)) {
        removal.delete(
            List.of(Day.EARLY),
            "section = 'trace' AND (trace_id, ids[1]) IN %s%s"
                .formatted(tuples(some), stillWithout(firsts(some))));
      }
      before = pairs;
      pairs = pairs.size() < 2 * EVENTS ? List.of() : server.query(sql, EarlyRemoval::ids);
    }
  }

  /** A trace that came after the question keeps its events. */
  private String stillWithout(Collection<UUID> ids) {
    return " AND trace_id NOT IN (SELECT trace_id FROM %s WHERE %s)"
        .formatted(schema.localRecords(), Sections.placed(ids));
  }

  private void markRepeated(List<UUID> pairs) {
    RecordBlock block = new RecordBlock();
    block.setRevision(revisions.next());
    firsts(pairs).forEach(trace -> block.addRepeated(trace, Placement.EARLY));
    server.insert("records", List.of(block), UUID.randomUUID().toString());
  }

  private static List<UUID> firsts(List<UUID> pairs) {
    List<UUID> firsts = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i += 2) {
      if (firsts.isEmpty() || !firsts.getLast().equals(pairs.get(i))) {
        firsts.add(pairs.get(i));
      }
    }
    return firsts;
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
}
