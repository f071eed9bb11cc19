package io.tracestore.migration.spans;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The spans that the events of a trace tell of: one for each actor at work, from its start to its
 * end, below the one that caused it.
 *
 * <p>An event belongs to the work that it names as its parent, if that is its own actor's, or else
 * to the last work that its actor began in its span, or at all. What an actor does before any start
 * makes a span of its own.
 */
public final class SpanDrafts {
  private static final Pattern SPAN_ID = Pattern.compile("[0-9a-f]{16}");
  private static final String NO_ID = "0".repeat(16);

  private final FlowTrace trace;
  private final List<SpanDraft> drafts = new ArrayList<>();
  private final Map<EventId, SpanDraft> byEvent = new HashMap<>();
  private final Map<List<String>, SpanDraft> lastOfSpan = new HashMap<>();
  private final Map<String, SpanDraft> lastOfActor = new HashMap<>();
  private final Set<String> ids = new HashSet<>();

  private SpanDrafts(FlowTrace trace) {
    this.trace = trace;
  }

  /**
   * The spans of {@code trace}, in the order of their starts; the first is that of the whole flow,
   * above those that nothing caused.
   */
  public static List<SpanDraft> of(FlowTrace trace) {
    SpanDrafts drafts = new SpanDrafts(trace);
    drafts.build();
    return drafts.drafts;
  }

  private void build() {
    SpanDraft flow = flow();
    trace.events().stream().filter(SpanDrafts::isStart).forEach(this::begin);
    lastOfSpan.clear();
    lastOfActor.clear();
    trace.events().forEach(this::attach);
    for (SpanDraft draft : drafts) {
      if (draft.first != null) {
        draft.parent = parentOf(draft, flow);
        setTimes(draft, draft.first);
        draft.id = idOf(draft.first);
      }
    }
    cutCycles(flow);
  }

  private static boolean isStart(TraceEvent event) {
    return event.eventType().equals(TraceEventType.ACTOR_STARTED);
  }

  private static boolean isEnd(TraceEvent event) {
    return event.eventType().equals(TraceEventType.ACTOR_COMPLETED)
        || event.eventType().equals(TraceEventType.ACTOR_FAILED);
  }

  private SpanDraft flow() {
    SpanDraft flow = new SpanDraft(null);
    flow.startNanos = EpochNanos.of(trace.startTime());
    Instant end = trace.endTime();
    flow.endNanos = end == null ? flow.startNanos : EpochNanos.of(end);
    flow.id = unused(trace.traceId().value());
    drafts.add(flow);
    return flow;
  }

  private SpanDraft begin(TraceEvent event) {
    SpanDraft draft = new SpanDraft(event);
    drafts.add(draft);
    byEvent.put(event.eventId(), draft);
    remember(draft, event);
    return draft;
  }

  private void remember(SpanDraft draft, TraceEvent event) {
    lastOfSpan.put(List.of(event.actorId(), event.causality().spanId()), draft);
    lastOfActor.put(event.actorId(), draft);
  }

  private void attach(TraceEvent event) {
    if (isStart(event)) {
      SpanDraft started = byEvent.get(event.eventId());
      if (started != null) {
        remember(started, event);
      }
      return;
    }
    SpanDraft owner = ownerOf(event);
    if (owner == null) {
      owner = begin(event);
    }
    byEvent.put(event.eventId(), owner);
    if (isEnd(event) && owner.end == null) {
      owner.end = event;
    } else {
      owner.details.add(event);
    }
  }

  private @Nullable SpanDraft ownerOf(TraceEvent event) {
    EventId parentId = event.causality().parentEventId();
    SpanDraft parent = parentId == null ? null : byEvent.get(parentId);
    if (parent != null && parent.first != null && isOf(event.actorId(), parent.first)) {
      return parent;
    }
    SpanDraft sameSpan = lastOfSpan.get(List.of(event.actorId(), event.causality().spanId()));
    return sameSpan != null ? sameSpan : lastOfActor.get(event.actorId());
  }

  private static boolean isOf(String actor, TraceEvent event) {
    return event.actorId().equals(actor);
  }

  private SpanDraft parentOf(SpanDraft draft, SpanDraft flow) {
    EventId cause = draft.first == null ? null : draft.first.causality().parentEventId();
    SpanDraft parent = cause == null ? null : byEvent.get(cause);
    return parent == null || parent == draft ? flow : parent;
  }

  private static void setTimes(SpanDraft draft, TraceEvent first) {
    draft.startNanos = EpochNanos.of(first.timestamp());
    TraceEvent last =
        draft.end != null ? draft.end : draft.details.isEmpty() ? first : draft.details.getLast();
    draft.endNanos = Math.max(draft.startNanos, EpochNanos.of(last.timestamp()));
  }

  private String idOf(TraceEvent first) {
    String own = first.causality().spanId();
    if (SPAN_ID.matcher(own).matches() && !own.equals(NO_ID) && ids.add(own)) {
      return own;
    }
    return unused(first.eventId().value());
  }

  /** An id made of the second half of {@code uuid}. */
  private String unused(UUID uuid) {
    long bits = uuid.getLeastSignificantBits();
    while (bits == 0 || !ids.add("%016x".formatted(bits))) {
      bits++;
    }
    return "%016x".formatted(bits);
  }

  /** Puts one of each cycle at the top. */
  private void cutCycles(SpanDraft flow) {
    Set<SpanDraft> leadToTop = new HashSet<>();
    for (SpanDraft draft : drafts) {
      Set<SpanDraft> path = new HashSet<>();
      SpanDraft at = draft;
      while (at.parent != null && !leadToTop.contains(at.parent)) {
        path.add(at);
        if (path.contains(at.parent)) {
          at.parent = flow;
        } else {
          at = at.parent;
        }
      }
      leadToTop.addAll(path);
      leadToTop.add(draft);
    }
  }
}
