package io.tracestore.provider.clickhouse;

import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Does operations in the database: a block of writes costs one query for what is there, and one
 * insert. Only where events may repeat stored ones, further queries ask which do.
 */
final class BlockWriter {
  /** Fewer are not worth a second processor. */
  private static final int EVENTS_OF_A_BLOCK = 2_000;

  private final Server server;
  private final Schema schema;
  private final Revisions revisions;
  private final Removal removal;

  BlockWriter(Server server, Schema schema, Revisions revisions, Removal removal) {
    this.server = server;
    this.schema = schema;
    this.revisions = revisions;
    this.removal = removal;
  }

  /** Does {@code operations}, those on one trace in their order; it may be done again. */
  void apply(List<Operation> operations) {
    Map<UUID, List<TraceWrite>> writes = new LinkedHashMap<>();
    Map<UUID, List<Deletion>> deletions = new LinkedHashMap<>();
    for (Operation operation : operations) {
      UUID id = operation.traceId();
      switch (operation) {
        case TraceWrite write -> {
          if (deletions.containsKey(id)) {
            flushDeletions(deletions);
          }
          writes.computeIfAbsent(id, trace -> new ArrayList<>(1)).add(write);
        }
        case Deletion deletion -> {
          if (writes.containsKey(id)) {
            flushWrites(writes);
          }
          deletions.computeIfAbsent(id, trace -> new ArrayList<>(1)).add(deletion);
        }
      }
    }
    flushWrites(writes);
    flushDeletions(deletions);
  }

  private void flushDeletions(Map<UUID, List<Deletion>> deletions) {
    if (deletions.isEmpty()) {
      return;
    }
    Set<UUID> found = removal.remove(deletions.keySet());
    // Of several calls for one trace the first one removes it.
    deletions.forEach((id, calls) -> calls.getFirst().found(found.contains(id)));
    deletions.clear();
  }

  private void flushWrites(Map<UUID, List<TraceWrite>> writes) {
    if (writes.isEmpty()) {
      return;
    }
    Map<UUID, StoredTrace> stored = stored(writes.keySet());
    List<TracePlan> plans = new ArrayList<>(writes.size());
    writes.forEach(
        (id, calls) -> plans.add(TracePlan.of(calls, stored.getOrDefault(id, StoredTrace.NONE))));
    Repetitions repetitions = Repetitions.find(server, schema, plans);
    long last = plans.stream().mapToLong(TracePlan::lastWrite).max().orElse(0);
    long revision = revisions.next(last);
    List<RecordBlock> blocks = blocks(plans, repetitions, revision);
    if (!blocks.isEmpty()) {
      // Its name is kept for all attempts: one that was done without our hearing of it counts.
      server.insert("records", blocks, UUID.randomUUID().toString());
    }
    writes.clear();
  }

  /**
   * The rows of one insert, made by as many processors as are worth it. None is empty: the server
   * might take that for the end.
   */
  private static List<RecordBlock> blocks(
      List<TracePlan> plans, Repetitions repetitions, long revision) {
    long events = plans.stream().mapToLong(plan -> plan.events().size()).sum();
    int count =
        Math.clamp(events / EVENTS_OF_A_BLOCK, 1, Runtime.getRuntime().availableProcessors());
    return IntStream.range(0, count)
        .parallel()
        .mapToObj(i -> {
          RecordBlock block = new RecordBlock(revision);
          plans
              .subList(plans.size() * i / count, plans.size() * (i + 1) / count)
              .forEach(plan -> plan.addTo(block, repetitions));
          return block;
        })
        .filter(block -> block.rows() > 0)
        .toList();
  }

  private Map<UUID, StoredTrace> stored(Collection<UUID> ids) {
    String sql =
        """
        SELECT trace_id, argMaxIf(header, rev, empty(ids)), max(%s), \
        toUInt8(countIf(notEmpty(ids)) > 0) FROM %s WHERE %s AND trace_id IN %s GROUP BY trace_id\
        """
            .formatted(
                Revisions.clockOf("rev"), schema.records(), TraceReader.TRACE_ROWS, Sql.ids(ids));
    return server.queryAsWriter(sql, BlockWriter::readStored);
  }

  private static Map<UUID, StoredTrace> readStored(RowInput in) throws IOException {
    Map<UUID, StoredTrace> stored = new HashMap<>();
    while (in.hasNext()) {
      UUID id = in.id();
      byte[] header = in.bytes();
      FlowTrace trace = header.length == 0 ? null : TraceBinary.decodeHeader(header);
      stored.put(id, new StoredTrace(trace, in.i64(), in.u8() != 0));
    }
    return stored;
  }
}
