package io.tracestore.provider.clickhouse.write;

import static io.tracestore.provider.clickhouse.jooq.Records.AGE;
import static io.tracestore.provider.clickhouse.jooq.Records.DAY;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.NAME;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.SECTION;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.jooq.Records.TS;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.schema.Sections.placed;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idAt;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.nanos;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static org.jooq.impl.DSL.and;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.maxBy;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.row;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;
import static org.jooq.impl.DSL.val;

import io.tracestore.model.TraceId;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.Section;
import io.tracestore.provider.clickhouse.schema.Day;
import io.tracestore.provider.clickhouse.schema.Schema;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.clickhouse.sql.Types;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Row2;
import org.jooq.Select;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
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

  private static final Field<UUID> ID = field(name("id"), Types.ID);
  private static final Field<Long> NEWEST = field(name("newest"), SQLDataType.BIGINT);

  private final Server server;
  private final Schema schema;
  private final Revisions revisions;
  private final ClickHousePurge purge;

  EarlyRemoval(Server server, Schema schema, Revisions revisions, ClickHousePurge purge) {
    this.server = server;
    this.schema = schema;
    this.revisions = revisions;
    this.purge = purge;
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
    return server.query(
        select(TRACE_ID)
            .from(RECORDS)
            .where(TRACE_ROWS, DAY.eq(Day.EARLY))
            .and(after == null ? noCondition() : TRACE_ID.gt(after))
            .groupBy(SECTION, NAME, AGE, TRACE_ID)
            .orderBy(TRACE_ID)
            .limit(limit),
        EarlyRemoval::ids);
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
    for (List<UUID> some : ClickHousePurge.steps(old)) {
      purge.delete(List.of(Day.EARLY), TRACE_ID.in(some));
    }
    if (!without.isEmpty()) {
      removeWhole(without, last);
      removeSingle(without, last);
    }
  }

  private Map<UUID, Long> starts(List<UUID> page) {
    return server.query(
        selectDistinct(TRACE_ID, AGE).from(RECORDS).where(placed(IdSet.of(page))),
        row -> {
          Map<UUID, Long> starts = new HashMap<>();
          while (row.hasNext()) {
            starts.put(row.id(), ~row.i64());
          }
          return starts;
        });
  }

  /** The newest versions of the events of these traces, as a table. */
  private static Table<?> newest(Collection<UUID> ids) {
    return select(TRACE_ID, idAt(IDS, 1).as(ID), maxBy(nanos(TS), REV).as(NEWEST))
        .from(RECORDS)
        .where(TRACE_ROWS, notEmpty(IDS), DAY.eq(Day.EARLY), TRACE_ID.in(idsOf(IdSet.of(ids))))
        .groupBy(TRACE_ID, ID)
        .asTable("events");
  }

  /** Traces all of whose events are old go with everything that is listed of them. */
  private void removeWhole(List<UUID> ids, long last) {
    Select<?> old =
        select(TRACE_ID).from(newest(ids)).groupBy(TRACE_ID).having(max(NEWEST).le(last));
    for (List<UUID> some : ClickHousePurge.steps(server.query(old, EarlyRemoval::ids))) {
      purge.delete(List.of(Day.EARLY), TRACE_ID.in(some).and(stillWithout(some)));
    }
  }

  private void removeSingle(List<UUID> ids, long last) {
    Select<?> old =
        select(TRACE_ID, ID)
            .from(newest(ids))
            .where(NEWEST.le(last))
            .orderBy(TRACE_ID, ID)
            .limit(EVENTS);
    List<UUID> before = List.of();
    List<UUID> pairs = server.query(old, EarlyRemoval::ids);
    // Events whose trace was stored during the call stay, and would be found again and again.
    while (!pairs.isEmpty() && !pairs.equals(before)) {
      // The rows that list a trace's actors may be outdated from now on.
      markRepeated(pairs);
      for (List<UUID> some : ClickHousePurge.steps(pairs)) {
        purge.delete(
            List.of(Day.EARLY),
            and(
                SECTION.eq(Section.TRACE),
                row(TRACE_ID, idAt(IDS, 1)).in(rows(some)),
                stillWithout(firsts(some))));
      }
      before = pairs;
      pairs = pairs.size() < 2 * EVENTS ? List.of() : server.query(old, EarlyRemoval::ids);
    }
  }

  /** A trace that came after the question keeps its events. */
  private Condition stillWithout(Collection<UUID> ids) {
    return TRACE_ID.notIn(
        select(TRACE_ID).from(schema.localRecords()).where(placed(IdSet.of(ids))));
  }

  private void markRepeated(List<UUID> pairs) {
    RecordBlock block = new RecordBlock();
    block.setRevision(revisions.next());
    firsts(pairs).forEach(trace -> block.addRepeated(trace, Placement.EARLY));
    server.insert(RECORDS.getName(), List.of(block), UUID.randomUUID().toString());
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

  private static List<Row2<UUID, UUID>> rows(List<UUID> pairs) {
    List<Row2<UUID, UUID>> rows = new ArrayList<>(pairs.size() / 2);
    for (int i = 0; i < pairs.size(); i += 2) {
      rows.add(row(val(pairs.get(i), TRACE_ID), val(pairs.get(i + 1), TRACE_ID)));
    }
    return rows;
  }

  private static List<UUID> ids(RowInput in) throws IOException {
    List<UUID> ids = new ArrayList<>();
    while (in.hasNext()) {
      ids.add(in.id());
    }
    return ids;
  }
}
