package io.tracestore.provider.clickhouse.write;

import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.NAME;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.schema.Sections.BY_TIME;
import static io.tracestore.provider.clickhouse.schema.Sections.START;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.one;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;

import io.tracestore.model.TraceId;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Records;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.clickhouse.sql.Rendered;
import io.tracestore.provider.clickhouse.sql.SqlTemplates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jooq.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Removes traces: whole days by dropping their partition, others by lightweight deletes, which hide
 * rows at once and free their space when parts are merged. One removal runs at a time, so that of
 * two only one reports that it removed a trace.
 *
 * <p>A write that runs at the same time may leave rows that mean nothing by themselves: the removal
 * looks again until none is left, and the {@link ClickHouseWriteSink} looks after its insert.
 */
public final class ClickHousePurge {
  /**
   * The largest number of partitions that are deleted from one by one; for more, one delete over
   * all of them is less work.
   */
  private static final int MAX_SINGLE_PARTITIONS = 8;

  /** How many traces or events one delete names at most: it is parsed, and kept in Keeper. */
  private static final int STEP = 1_000;

  /** How often rows that were written during the call are deleted, too. */
  private static final int MAX_ROUNDS = 5;

  /** Orders the partition of early events last, so that no header is seen without its events. */
  private static final Comparator<Integer> EARLY_LAST = Comparator.reverseOrder();

  private static final IdSet IDS = IdSet.parameter("ids");

  private final Server server;
  private final Schema schema;
  private final EarlyRemoval early;
  private final Rendered daysOfTraces;
  private final ReentrantLock removing = new ReentrantLock();

  public ClickHousePurge(Server server, Schema schema, Revisions revisions) {
    this.server = server;
    this.schema = schema;
    this.early = new EarlyRemoval(server, schema, revisions, this);
    this.daysOfTraces =
        server.render(
            selectDistinct(TRACE_ID, DAY).from(RECORDS).where(TRACE_ROWS, TRACE_ID.in(idsOf(IDS))));
  }

  /** Ids of traces without a header after one, or the first, in ascending order. */
  public List<TraceId> earlyTraces(@Nullable TraceId after, int limit) {
    return early.earlyTraces(after, limit);
  }

  /** Removes traces, and returns those of which there was anything. */
  Set<UUID> remove(List<UUID> traceIds) {
    removing.lock();
    try {
      Set<UUID> removed = Set.of();
      Collection<UUID> ids = new LinkedHashSet<>(traceIds);
      for (int round = 0; round < MAX_ROUNDS && !ids.isEmpty(); round++) {
        Map<UUID, Set<Integer>> found = days(ids);
        if (round == 0) {
          removed = Set.copyOf(found.keySet());
        }
        if (!found.isEmpty()) {
          Set<Integer> days = new TreeSet<>();
          found.values().forEach(days::addAll);
          delete(days, TRACE_ID.in(found.keySet()));
        }
        ids = List.copyOf(found.keySet());
      }
      return removed;
    } finally {
      removing.unlock();
    }
  }

  /** The partitions of all rows of {@code ids}, also of rows without a header. */
  private Map<UUID, Set<Integer>> days(Collection<UUID> ids) {
    return server.queryAsWriter(
        daysOfTraces.with(IDS, ids),
        in -> {
          Map<UUID, Set<Integer>> found = new HashMap<>();
          while (in.hasNext()) {
            found.computeIfAbsent(in.id(), id -> new TreeSet<>()).add(in.i32());
          }
          return found;
        });
  }

  /** Removes the rows that a block has added to traces that had been removed before it arrived. */
  void takeBack(int day, List<UUID> ids, long revision) {
    for (List<UUID> some : steps(ids)) {
      delete(List.of(day), REV.eq(revision).and(TRACE_ID.in(some)));
    }
  }

  /**
   * Hides rows in some partitions.
   *
   * @param rows which ones, with ids as literals: replicas repeat a delete by themselves, so what
   *     it names must not depend on a query
   */
  void delete(Collection<Integer> days, Condition rows) {
    Records records = schema.localRecords();
    if (days.size() > MAX_SINGLE_PARTITIONS) {
      server.execute(SqlTemplates.delete(records, schema.onCluster(), rows));
      return;
    }
    for (int day : days.stream().sorted(EARLY_LAST).toList()) {
      server.execute(SqlTemplates.delete(records, schema.onCluster(), day, rows));
    }
  }

  /** As many at once as one delete names. */
  static <T> List<List<T>> steps(List<T> all) {
    List<List<T>> steps = new ArrayList<>();
    for (int from = 0; from < all.size(); from += STEP) {
      steps.add(all.subList(from, Math.min(all.size(), from + STEP)));
    }
    return steps;
  }

  /**
   * Removes the traces that started at {@code last} or before, and the early events until then;
   * returns the number of traces.
   */
  public long removeUntil(long last) {
    removing.lock();
    try {
      early.removeUntil(last);
      long removed = 0;
      List<Integer> days = daysUntil(last);
      for (int day : days) {
        removed += removeDay(day, last);
      }
      if (!days.isEmpty()) {
        // Of traces that came after the first look, and went with their day.
        early.removeUntil(last);
      }
      return removed;
    } finally {
      removing.unlock();
    }
  }

  /** Those with any rows, also if no header is among them. */
  private List<Integer> daysUntil(long last) {
    return server.query(
        selectDistinct(DAY).from(RECORDS).where(DAY.gt(Day.HEALTH), DAY.le(Day.of(last))),
        in -> {
          List<Integer> days = new ArrayList<>();
          while (in.hasNext()) {
            days.add(in.i32());
          }
          return days;
        });
  }

  private long removeDay(int day, long last) {
    long traces = traces(day, last);
    if (Day.isSingle(day) && day < Day.of(last)) {
      server.execute(SqlTemplates.dropPartition(schema.localRecords(), schema.onCluster(), day));
      return traces;
    }
    for (int round = 0; round < MAX_ROUNDS && hasRows(day, last); round++) {
      // Every row says when its trace started: no row needs another to be found.
      delete(List.of(day), START.le(last));
    }
    return traces;
  }

  /** Counted in the order of the table: the server keeps no set of them. */
  private long traces(int day, long last) {
    return server.query(
        select(count())
            .from(
                select(one())
                    .from(RECORDS)
                    .where(BY_TIME, AGE.ge(~last), DAY.eq(day))
                    .groupBy(SECTION, NAME, AGE, TRACE_ID)
                    .asTable("traces")),
        row -> row.hasNext() ? row.i64() : 0L);
  }

  private boolean hasRows(int day, long last) {
    return server.query(
        select(one()).from(RECORDS).where(DAY.eq(day), START.le(last)).limit(1), RowInput::hasNext);
  }
}
