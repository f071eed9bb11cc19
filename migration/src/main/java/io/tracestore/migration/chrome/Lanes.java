package io.tracestore.migration.chrome;

import io.tracestore.migration.spans.SpanDraft;
import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType.DataFlow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The threads that the works of a trace are drawn on: as few for each actor as let the works of
 * each thread nest.
 */
final class Lanes {
  private final List<SpanDraft> drafts;
  private final Map<SpanDraft, Integer> byDraft = new HashMap<>();
  private final Map<Integer, String> names = new LinkedHashMap<>();
  private final Map<String, List<Lane>> byActor = new HashMap<>();
  private final Map<String, Works> works = new HashMap<>();
  private final Map<EventId, SpanDraft> causedBy = new HashMap<>();

  /** One thread, with the ends of the works that are open at the place where it is. */
  private record Lane(int number, Deque<Long> openEnds) {
    boolean take(SpanDraft draft) {
      while (!openEnds.isEmpty() && openEnds.peek() <= draft.startNanos) {
        openEnds.pop();
      }
      if (!openEnds.isEmpty() && openEnds.peek() < draft.endNanos) {
        return false;
      }
      openEnds.push(draft.endNanos);
      return true;
    }
  }

  /**
   * @param flow the name of the thread of the whole flow
   */
  Lanes(List<SpanDraft> all, String flow) {
    drafts = new ArrayList<>(all);
    // The longer of two that begin together holds the other.
    drafts.sort(
        Comparator.comparingLong((SpanDraft draft) -> draft.startNanos)
            .thenComparing(draft -> !draft.isFlow())
            .thenComparing(
                Comparator.comparingLong((SpanDraft draft) -> draft.endNanos).reversed()));
    for (SpanDraft draft : drafts) {
      TraceEvent first = draft.first();
      if (first == null) {
        byDraft.put(draft, newLane(flow).number());
      } else {
        byDraft.put(draft, lane(draft, draft.actor));
        works.computeIfAbsent(draft.actor, actor -> new Works()).add(draft);
        noteCause(draft, first);
        draft.details().forEach(event -> noteCause(draft, event));
      }
    }
  }

  private void noteCause(SpanDraft draft, TraceEvent event) {
    EventId cause = event.causality().parentEventId();
    if (cause != null) {
      causedBy.putIfAbsent(cause, draft);
    }
  }

  private int lane(SpanDraft draft, String actor) {
    List<Lane> lanes = byActor.computeIfAbsent(actor, each -> new ArrayList<>());
    for (Lane lane : lanes) {
      if (lane.take(draft)) {
        return lane.number();
      }
    }
    Lane lane = newLane(lanes.isEmpty() ? actor : "%s #%d".formatted(actor, lanes.size() + 1));
    lane.take(draft);
    lanes.add(lane);
    return lane.number();
  }

  private Lane newLane(String name) {
    Lane lane = new Lane(names.size() + 1, new ArrayDeque<>());
    names.put(lane.number(), name);
    return lane;
  }

  /** The works in the order of their starts. */
  List<SpanDraft> drafts() {
    return drafts;
  }

  /** The names of the threads. */
  Map<Integer, String> names() {
    return names;
  }

  /** The thread of a work. */
  int of(SpanDraft draft) {
    Integer lane = byDraft.get(draft);
    if (lane == null) {
      throw new IllegalArgumentException("no work of this trace");
    }
    return lane;
  }

  /**
   * The work that a data flow leads to: what it caused, what has its span, or else what its
   * receiver did then or next; null if the receiver did nothing.
   */
  @Nullable SpanDraft receiver(TraceEvent event, DataFlow flow) {
    SpanDraft caused = causedBy.get(event.eventId());
    if (caused != null && caused.actor.equals(flow.toActor())) {
      return caused;
    }
    Works candidates = works.get(flow.toActor());
    if (candidates == null) {
      return null;
    }
    SpanDraft sameSpan = candidates.bySpan.get(event.causality().spanId());
    return sameSpan != null ? sameSpan : candidates.endingFrom(EpochNanos.of(event.timestamp()));
  }

  /** The works of one actor in the order of their starts. */
  private static final class Works {
    private final Map<String, SpanDraft> bySpan = new HashMap<>();

    /** Those that end later than all before them, by their ends. */
    private final NavigableMap<Long, SpanDraft> byEnd = new TreeMap<>();

    void add(SpanDraft draft) {
      if (!draft.spanId.isEmpty()) {
        bySpan.putIfAbsent(draft.spanId, draft);
      }
      if (byEnd.isEmpty() || draft.endNanos > byEnd.lastKey()) {
        byEnd.put(draft.endNanos, draft);
      }
    }

    /** The first one that ends then or later. */
    @Nullable SpanDraft endingFrom(long nanos) {
      Map.Entry<Long, SpanDraft> found = byEnd.ceilingEntry(nanos);
      return found == null ? null : found.getValue();
    }
  }
}
