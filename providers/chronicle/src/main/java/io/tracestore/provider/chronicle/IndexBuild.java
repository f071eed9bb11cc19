package io.tracestore.provider.chronicle;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.StoredTrace.Ref;
import io.tracestore.provider.support.index.IndexedTrace;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds the index from the map when it is opened, and removes what a process that was killed left:
 * records that others stand for, and parts of records that were not written whole.
 */
final class IndexBuild {
  private final TraceMap map;
  private final Map<TraceId, List<Head>> heads = new HashMap<>();
  private final List<Part> parts = new ArrayList<>();
  private long damaged;

  private record Head(Ref ref, int from, boolean isTombstone, long start) {}

  private record Part(TraceId id, int record, int part) {}

  private IndexBuild(TraceMap map) {
    this.map = map;
  }

  /**
   * Fills the index.
   *
   * @return how many traces cannot be read
   */
  static long fill(
      TraceMap map,
      ConcurrentMap<TraceId, StoredTrace> byId,
      TraceIndex<StoredTrace> index,
      Set<TraceId> early) {
    IndexBuild build = new IndexBuild(map);
    map.forEach(build::found);
    build.removeUnfinished();
    List<StoredTrace> traces = build.traces();
    // In the order of starts, adding to a list is adding at its end.
    traces.sort(IndexedTrace::compare);
    for (StoredTrace each : traces) {
      byId.put(each.id(), each);
      if (each.hasHeader()) {
        build.add(each, index);
      } else {
        early.add(each.id());
      }
    }
    return build.damaged;
  }

  private void found(TraceId id, int record, int part, byte @Nullable [] value, int size) {
    if (value == null) {
      parts.add(new Part(id, record, part));
      return;
    }
    TraceRecord head = new TraceRecord(value);
    Ref ref = head.ref(record);
    heads
        .computeIfAbsent(id, key -> new ArrayList<>(1))
        .add(new Head(ref, head.from(), head.isTombstone(), head.start()));
    map.found(ref.bytes());
  }

  /** Removes parts without a first one, which is written last. */
  private void removeUnfinished() {
    for (Part each : parts) {
      boolean whole =
          heads.getOrDefault(each.id, List.of()).stream()
              .anyMatch(head -> head.ref.number() == each.record);
      if (!whole) {
        map.removePart(each.id, each.record, each.part);
      }
    }
    parts.clear();
  }

  private List<StoredTrace> traces() {
    List<StoredTrace> traces = new ArrayList<>(heads.size());
    heads.forEach((id, found) -> {
      List<Head> live =
          found.size() == 1 && !found.getFirst().isTombstone ? found : live(id, found);
      if (!live.isEmpty()) {
        StoredTrace trace = new StoredTrace(id, live.stream().map(Head::ref).toArray(Ref[]::new));
        live.stream().filter(head -> head.ref.hasHeader()).forEach(head -> trace.begin(head.start));
        traces.add(trace);
      }
    });
    heads.clear();
    return traces;
  }

  /** The records of a trace that no later one stands for, oldest first; removes the others. */
  private List<Head> live(TraceId id, List<Head> found) {
    found.sort(Comparator.comparingInt((Head head) -> head.ref.number()).reversed());
    List<Head> live = new ArrayList<>();
    List<Head> tombstones = new ArrayList<>();
    int replacedFrom = Integer.MAX_VALUE;
    for (Head each : found) {
      if (each.isTombstone) {
        tombstones.add(each);
      } else if (each.ref.number() >= replacedFrom) {
        map.remove(id, each.ref.number(), each.ref.bytes());
      } else {
        live.addFirst(each);
      }
      replacedFrom = Math.min(replacedFrom, each.from);
    }
    // Last, so that a process killed here leaves them to the next one.
    tombstones.forEach(each -> map.remove(id, each.ref.number(), each.ref.bytes()));
    return live;
  }

  private void add(StoredTrace trace, TraceIndex<StoredTrace> index) {
    FlowTrace header;
    Loaded loaded;
    try {
      loaded = Loaded.of(trace, map);
      header = loaded == null ? null : loaded.header();
    } catch (CorruptDataException e) {
      loaded = null;
      header = null;
    }
    if (loaded == null || header == null) {
      damaged++;
      trace.markDamaged();
      index.add(trace);
      return;
    }
    index.add(trace, header);
    loaded.eventKeys((field, value) -> index.add(field, value, trace));
  }
}
