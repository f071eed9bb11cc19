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

  private final FlowTrace header;
  private final List<TraceEvent> events;
  private final List<SpanDraft> drafts = new ArrayList<>();
  private final Map<EventId, SpanDraft> byEvent = new HashMap<>();
  private final Map<List<String>, SpanDraft> lastOfSpan = new HashMap<>();
  private final Map<String, SpanDraft> lastOfActor = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Set<String> ids = new HashSet<>();

  private SpanDrafts(FlowTrace header, List<TraceEvent> events) {
    this.header = header;
    this.events = events;
  }

  /**
   * The spans of {@code events}, in the order of their starts; the first is that of the whole flow,
   * above those that nothing caused.
   */
  public static List<SpanDraft> of(FlowTrace header, List<TraceEvent> events) {
    SpanDrafts drafts = new SpanDrafts(header, events);
    drafts.build();
    return drafts.drafts;
  }

  private void build() {
    SpanDraft flow = flow();
    for (int i = 0; i < events.size(); i++) {
      TraceEvent event = events.get(i);
      if (isStart(event)) {
        begin(event, i);
      }
    }
    lastOfSpan.clear();
    lastOfActor.clear();
    for (int i = 0; i < events.size(); i++) {
      attach(events.get(i), i);
    }
    for (SpanDraft draft : drafts) {
      TraceEvent first = draft.first();
      if (first != null) {
        draft.parent = parentOf(draft, first, flow);
        draft.id = idOf(first);
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
    SpanDraft flow = SpanDraft.ofFlow();
    flow.startNanos = EpochNanos.of(header.startTime());
    Instant end = header.endTime();
    flow.endNanos = end == null ? flow.startNanos : EpochNanos.of(end);
    flow.id = unused(header.traceId().value());
    drafts.add(flow);
    return flow;
  }

  private SpanDraft begin(TraceEvent event, int index) {
    String actor = once(event.actorId());
    SpanDraft draft = SpanDraft.of(events, index, actor, once(event.causality().spanId()));
    draft.startNanos = EpochNanos.of(event.timestamp());
    draft.endNanos = draft.startNanos;
    drafts.add(draft);
    byEvent.put(event.eventId(), draft);
    remember(draft);
    return draft;
  }

  /** The same text as one object, however often it is read. */
  private String once(String text) {
    return texts.computeIfAbsent(text, each -> each);
  }

  private void remember(SpanDraft draft) {
    lastOfSpan.put(List.of(draft.actor, draft.spanId), draft);
    lastOfActor.put(draft.actor, draft);
  }

  private void attach(TraceEvent event, int index) {
    if (isStart(event)) {
      SpanDraft started = byEvent.get(event.eventId());
      if (started != null) {
        remember(started);
      }
      return;
    }
    SpanDraft owner = ownerOf(event);
    if (owner == null) {
      owner = begin(event, index);
    }
    byEvent.put(event.eventId(), owner);
    boolean ends = isEnd(event) && !owner.hasEnd();
    if (ends || !owner.hasEnd()) {
      owner.endNanos = Math.max(owner.startNanos, EpochNanos.of(event.timestamp()));
    }
    if (ends) {
      owner.endWith(index);
    } else {
      owner.add(index);
    }
  }

  private @Nullable SpanDraft ownerOf(TraceEvent event) {
    EventId parentId = event.causality().parentEventId();
    SpanDraft parent = parentId == null ? null : byEvent.get(parentId);
    if (parent != null && parent.actor.equals(event.actorId())) {
      return parent;
    }
    SpanDraft sameSpan = lastOfSpan.get(List.of(event.actorId(), event.causality().spanId()));
    return sameSpan != null ? sameSpan : lastOfActor.get(event.actorId());
  }

  private SpanDraft parentOf(SpanDraft draft, TraceEvent first, SpanDraft flow) {
    EventId cause = first.causality().parentEventId();
    SpanDraft parent = cause == null ? null : byEvent.get(cause);
    return parent == null || parent == draft ? flow : parent;
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
