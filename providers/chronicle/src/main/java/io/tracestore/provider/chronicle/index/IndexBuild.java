package io.tracestore.provider.chronicle.index;

import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.connect.TraceMap;
import io.tracestore.provider.chronicle.schema.RecordHead;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.IndexedTrace;
import io.tracestore.provider.support.index.IndexedTraces;
import io.tracestore.provider.support.index.TraceIndex;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Builds the index from the map when it is opened, and removes what a process that was killed left:
 * records that others stand for, records of a trace whose first record was deleted, and parts of
 * records that were not written whole.
 */
public final class IndexBuild {
  private final TraceMap map;
  private final Map<TraceId, List<RecordHead>> heads = new HashMap<>();
  private final List<TraceMap.Part> parts = new ArrayList<>();
  private final TraceIndex<StoredTrace> index;
  private long damaged;

  private IndexBuild(TraceMap map, TraceIndex<StoredTrace> index) {
    this.map = map;
    this.index = index;
  }

  /**
   * Adds every trace in {@code map} to {@code traces}.
   *
   * @return how many cannot be read; these are found by start only
   */
  public static long fill(IndexedTraces<StoredTrace> traces, TraceMap map) {
    IndexBuild build = new IndexBuild(map, traces.index());
    map.forEach(build::found);
    build.removeUnfinished();
    List<StoredTrace> stored = build.traces();
    // In the order of starts, adding to a list is adding at its end.
    stored.sort(IndexedTrace::compare);
    stored.forEach(each -> traces.add(each, each.hasHeader() ? build.terms(each) : null));
    return build.damaged;
  }

  private void found(TraceMap.Part part, byte @Nullable [] first) {
    if (first == null) {
      parts.add(part);
      return;
    }
    RecordHead head = RecordHead.read(part.record(), first);
    heads.computeIfAbsent(part.id(), id -> new ArrayList<>(1)).add(head);
    map.found(head);
  }

  /** Removes parts without a first one, which is written last and removed first. */
  private void removeUnfinished() {
    for (TraceMap.Part each : parts) {
      List<RecordHead> whole = heads.getOrDefault(each.id(), List.of());
      if (whole.stream().noneMatch(head -> head.number() == each.record())) {
        map.remove(each);
      }
    }
  }

  private List<StoredTrace> traces() {
    List<StoredTrace> traces = new ArrayList<>(heads.size());
    heads.forEach((id, found) -> {
      List<RecordHead> live = live(id, found);
      if (!live.isEmpty()) {
        traces.add(new StoredTrace(id, live.toArray(RecordHead[]::new)));
      }
    });
    heads.clear();
    return traces;
  }

  /** The records of a trace that no later one stands for, oldest first; removes the others. */
  private List<RecordHead> live(TraceId id, List<RecordHead> found) {
    if (found.size() == 1 && found.getFirst().from() == 0) {
      return found;
    }
    found.sort(Comparator.comparingInt(RecordHead::number).reversed());
    List<RecordHead> live = new ArrayList<>();
    int replacedFrom = Integer.MAX_VALUE;
    for (RecordHead each : found) {
      if (each.number() < replacedFrom) {
        live.addFirst(each);
        replacedFrom = each.from();
      }
    }
    if (replacedFrom > 0) {
      live.clear(); // its first record is removed first when a trace is deleted
    }
    // The newest last, so that a process killed here leaves them to the next one.
    for (RecordHead each : found.reversed()) {
      if (!live.contains(each)) {
        map.remove(id, each);
      }
    }
    return live;
  }

  private IndexTerms terms(StoredTrace trace) {
    try {
      return trace.loadSome(map, trace.records()).terms(index);
    } catch (CorruptDataException e) {
      damaged++;
      return IndexTerms.NONE;
    }
  }
}
