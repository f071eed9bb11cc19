package io.tracestore.provider.clickhouse.write;

import static io.tracestore.provider.clickhouse.jooq.IndexedAttributes.INDEXED_ATTRIBUTES;
import static io.tracestore.provider.clickhouse.jooq.Records.HEADER;
import static io.tracestore.provider.clickhouse.jooq.Records.IDS;
import static io.tracestore.provider.clickhouse.jooq.Records.RECORDS;
import static io.tracestore.provider.clickhouse.jooq.Records.REV;
import static io.tracestore.provider.clickhouse.jooq.Records.TRACE_ID;
import static io.tracestore.provider.clickhouse.schema.Sections.TRACE_ROWS;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.empty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.idsOf;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.notEmpty;
import static io.tracestore.provider.clickhouse.sql.SqlTemplates.u8;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.insertInto;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.maxBy;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.val;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.clickhouse.connect.RowInput;
import io.tracestore.provider.clickhouse.connect.Server;
import io.tracestore.provider.clickhouse.jooq.IndexedAttributes;
import io.tracestore.provider.clickhouse.schema.Sections;
import io.tracestore.provider.clickhouse.sql.IdSet;
import io.tracestore.provider.support.index.DataTerms;
import io.tracestore.provider.support.write.WriteOutcome;
import io.tracestore.provider.support.write.WriteSink;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jooq.Field;

/**
 * Writes to the database: a block of new traces costs one query for what is there, and one insert.
 * Only for stored traces, further queries read their state, find events that repeat stored ones,
 * and check after the insert whether a removal came in between.
 */
public final class ClickHouseWriteSink implements WriteSink<TraceWrite> {
  /** Fewer are not worth a second processor. */
  private static final int EVENTS_OF_A_BLOCK = 2_000;

  /** When a row was written. */
  private static final Field<Long> CLOCK = Revisions.clockOf(REV);

  private final Server server;
  private final Revisions revisions;
  private final ClickHousePurge purge;
  private final Places places;
  private final DataTerms terms;
  private boolean listed;

  /**
   * @param terms those by which traces are found
   */
  public ClickHouseWriteSink(
      Server server, Revisions revisions, ClickHousePurge purge, DataTerms terms) {
    this.terms = terms;
    this.listed = terms.list().isEmpty();
    this.server = server;
    this.revisions = revisions;
    this.purge = purge;
    this.places = new Places(server);
  }

  /** Writes a block; may be repeated with the same writes. */
  @Override
  public List<WriteOutcome> write(List<TraceWrite> batch) {
    Map<UUID, List<TraceWrite>> writes = new LinkedHashMap<>();
    for (TraceWrite write : batch) {
      writes.computeIfAbsent(write.traceId(), trace -> new ArrayList<>(1)).add(write);
    }
    Map<UUID, Iterator<WriteOutcome>> outcomes = new HashMap<>();
    while (!writes.isEmpty()) {
      List<TracePlan> plans = plans(writes);
      plans.forEach(plan -> outcomes.put(plan.traceId(), plan.outcomes().iterator()));
      // A trace that was removed between the question and the insert is written once more, on top
      // of its present state.
      writes.keySet().retainAll(insert(plans));
    }
    return batch.stream()
        .map(write -> Objects.requireNonNull(outcomes.get(write.traceId())).next())
        .toList();
  }

  private List<TracePlan> plans(Map<UUID, List<TraceWrite>> writes) {
    Map<UUID, StoredTrace> stored = stored(writes.keySet());
    List<TracePlan> plans = new ArrayList<>(writes.size());
    writes.forEach(
        (id, calls) -> plans.add(TracePlan.of(calls, stored.getOrDefault(id, StoredTrace.NONE))));
    return plans;
  }

  /** Inserts, and returns the traces that were removed during the call. */
  private Set<UUID> insert(List<TracePlan> plans) {
    Repetitions repetitions = Repetitions.find(server, plans);
    long revision = revisions.next();
    List<RecordBlock> blocks = blocks(plans, repetitions, revision);
    if (blocks.isEmpty()) {
      return Set.of();
    }
    noteList();
    // Its name is kept for all attempts: one that was done without our hearing of it counts.
    server.insert(RECORDS.getName(), blocks, UUID.randomUUID().toString());
    return removedMeanwhile(plans, repetitions, revision);
  }

  /** Notes with which keys the terms of traces are made; readers have to know it. */
  private void noteList() {
    if (!listed) {
      server.execute(
          insertInto(INDEXED_ATTRIBUTES, IndexedAttributes.KEYS).select(select(val(terms.list()))));
      listed = true;
    }
  }

  /**
   * Returns those traces to which rows were added and which another call has removed since their
   * state was read. Removes the rows that were added to them.
   */
  private Set<UUID> removedMeanwhile(
      List<TracePlan> plans, Repetitions repetitions, long revision) {
    List<TracePlan> added = plans.stream().filter(plan -> plan.needsStored(repetitions)).toList();
    if (added.isEmpty()) {
      return Set.of();
    }
    Map<UUID, Long> firstWrites = firstWrites(added);
    Set<UUID> removed = new LinkedHashSet<>();
    Map<Integer, List<TracePlan>> orphans = new HashMap<>();
    for (TracePlan plan : added) {
      if (firstWrites.getOrDefault(plan.traceId(), 0L) != plan.firstWrite()) {
        removed.add(plan.traceId());
        if (plan.needsStoredHeader()) {
          orphans.computeIfAbsent(plan.day(), day -> new ArrayList<>()).add(plan);
        }
      }
    }
    orphans.forEach((day, some) -> takeBack(day, some, revision));
    return removed;
  }

  private void takeBack(int day, List<TracePlan> plans, long common) {
    Map<Long, List<UUID>> ids = new HashMap<>();
    for (TracePlan plan : plans) {
      ids.computeIfAbsent(plan.revision(revisions, common), revision -> new ArrayList<>())
          .add(plan.traceId());
    }
    ids.forEach((revision, some) -> purge.takeBack(day, some, revision));
  }

  private Map<UUID, Long> firstWrites(List<TracePlan> plans) {
    Set<Integer> days = new HashSet<>();
    plans.forEach(plan -> days.addAll(plan.storedDays()));
    IdSet ids = IdSet.of(plans.stream().map(TracePlan::traceId).toList());
    return server.queryAsWriter(
        select(TRACE_ID, min(CLOCK))
            .from(RECORDS)
            .where(TRACE_ROWS, Sections.in(days), TRACE_ID.in(idsOf(ids)))
            .groupBy(TRACE_ID),
        row -> {
          Map<UUID, Long> clocks = new HashMap<>();
          while (row.hasNext()) {
            clocks.put(row.id(), row.i64());
          }
          return clocks;
        });
  }

  /**
   * The rows of one insert, made by as many processors as are worth it. None is empty: the server
   * might take that for the end.
   */
  private List<RecordBlock> blocks(List<TracePlan> plans, Repetitions repetitions, long revision) {
    long events = plans.stream().mapToLong(plan -> plan.events().size()).sum();
    int count =
        Math.clamp(events / EVENTS_OF_A_BLOCK, 1, Runtime.getRuntime().availableProcessors());
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(i -> {
          RecordBlock block = new RecordBlock();
          for (TracePlan plan :
              plans.subList(plans.size() * i / count, plans.size() * (i + 1) / count)) {
            block.setRevision(plan.revision(revisions, revision));
            plan.addTo(block, repetitions, terms);
          }
          return block;
        })
        .filter(block -> block.rows() > 0)
        .toList();
  }

  /**
   * Reads the stored state of the traces: finds their partitions by an index, and then reads only
   * those.
   */
  private Map<UUID, StoredTrace> stored(Collection<UUID> ids) {
    Map<UUID, Set<Integer>> found = places.of(ids);
    if (found.isEmpty()) {
      return Map.of();
    }
    Set<Integer> days = found.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    return server.queryAsWriter(
        select(
                TRACE_ID,
                maxBy(HEADER, REV).filterWhere(empty(IDS)),
                min(CLOCK),
                max(CLOCK),
                u8(count().filterWhere(notEmpty(IDS)).gt(0)))
            .from(RECORDS)
            .where(TRACE_ROWS, Sections.in(days), TRACE_ID.in(idsOf(IdSet.of(found.keySet()))))
            .groupBy(TRACE_ID),
        row -> readStored(row, found));
  }

  private static Map<UUID, StoredTrace> readStored(RowInput in, Map<UUID, Set<Integer>> days)
      throws IOException {
    Map<UUID, StoredTrace> stored = new HashMap<>();
    while (in.hasNext()) {
      UUID id = in.id();
      byte[] header = in.bytes();
      FlowTrace trace = header.length == 0 ? null : TraceBinary.decodeHeader(header);
      stored.put(
          id,
          new StoredTrace(
              trace, in.i64(), in.i64(), in.u8() != 0, days.getOrDefault(id, Set.of())));
    }
    return stored;
  }
}
