package io.tracestore.view;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceEventType.DataFlow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The activities of a trace, each below the one that caused it.
 *
 * <p>An end belongs to the start that it names as its parent; in traces that do not say so, to the
 * last open start of the same actor and span, then of the same actor. Everything else belongs to
 * the activity of the event that it names as its parent, or to the last one of its actor and span.
 */
public final class ActivityTree {
  private final Map<EventId, Activity> byEvent = new HashMap<>();
  private final Map<List<String>, Deque<Activity>> openBySpan = new HashMap<>();
  private final Map<String, Deque<Activity>> openByActor = new HashMap<>();
  private final Map<List<String>, Activity> lastBySpan = new HashMap<>();
  private final List<Activity> all = new ArrayList<>();
  private final List<Activity> roots = new ArrayList<>();

  /** The tree of {@code trace}'s events. */
  public ActivityTree(FlowTrace trace) {
    trace.events().forEach(this::startIfWork);
    trace.events().forEach(this::attach);
    all.forEach(this::findParent);
    cutCycles();
    for (Activity activity : all) {
      (activity.parent == null ? roots : activity.parent.children).add(activity);
    }
    all.forEach(ActivityTree::joinDataFlows);
    Comparator<Activity> byTime = Comparator.comparing(a -> a.first, TraceEvent.ORDER);
    all.forEach(activity -> activity.children.sort(byTime));
    roots.sort(byTime);
  }

  /** Those that nothing caused, in order. */
  public List<Activity> roots() {
    return Collections.unmodifiableList(roots);
  }

  /** Every activity and single event, whether it is in the tree or joined with another. */
  public List<Activity> all() {
    return Collections.unmodifiableList(all);
  }

  private void startIfWork(TraceEvent event) {
    if (event.eventType().equals(TraceEventType.ACTOR_STARTED)) {
      Activity activity = add(event);
      openBySpan.computeIfAbsent(span(event), key -> new ArrayDeque<>()).push(activity);
      openByActor.computeIfAbsent(event.actorId(), key -> new ArrayDeque<>()).push(activity);
      lastBySpan.put(span(event), activity);
    }
  }

  private Activity add(TraceEvent event) {
    Activity activity = new Activity(event);
    all.add(activity);
    byEvent.put(event.eventId(), activity);
    return activity;
  }

  private static List<String> span(TraceEvent event) {
    return List.of(event.actorId(), event.causality().spanId());
  }

  private void attach(TraceEvent event) {
    TraceEventType type = event.eventType();
    if (type.equals(TraceEventType.ACTOR_STARTED)) {
      return;
    }
    if (type.equals(TraceEventType.ACTOR_COMPLETED) || type.equals(TraceEventType.ACTOR_FAILED)) {
      Activity started = findStart(event);
      if (started != null) {
        started.end = event;
        byEvent.put(event.eventId(), started);
      } else {
        add(event);
      }
      return;
    }
    Activity owner = type instanceof DataFlow ? null : ownerOf(event);
    if (owner == null) {
      add(event);
    } else {
      owner.details.add(event);
      byEvent.put(event.eventId(), owner);
    }
  }

  private @Nullable Activity findStart(TraceEvent event) {
    EventId parentId = event.causality().parentEventId();
    Activity parent = parentId == null ? null : byEvent.get(parentId);
    if (parent != null
        && parent.isWork()
        && parent.end == null
        && parent.first.actorId().equals(event.actorId())) {
      return parent;
    }
    Activity open = lastOpen(openBySpan.get(span(event)), event);
    return open != null ? open : lastOpen(openByActor.get(event.actorId()), event);
  }

  private static @Nullable Activity lastOpen(
      @Nullable Deque<Activity> candidates, TraceEvent event) {
    if (candidates == null) {
      return null;
    }
    for (Activity candidate : candidates) {
      if (candidate.end == null && !candidate.startTime().isAfter(event.timestamp())) {
        return candidate;
      }
    }
    return null;
  }

  private @Nullable Activity ownerOf(TraceEvent event) {
    EventId parentId = event.causality().parentEventId();
    Activity parent = parentId == null ? null : byEvent.get(parentId);
    if (parent != null && parent.isWork() && parent.first.actorId().equals(event.actorId())) {
      return parent;
    }
    return event.causality().spanId().isEmpty() ? null : lastBySpan.get(span(event));
  }

  private void findParent(Activity activity) {
    EventId parentId = activity.first.causality().parentEventId();
    Activity parent = parentId == null ? null : byEvent.get(parentId);
    if (parent != activity) {
      activity.parent = parent;
    }
  }

  private void cutCycles() {
    Set<Activity> leadToRoot = new HashSet<>();
    for (Activity activity : all) {
      Set<Activity> path = new HashSet<>();
      Activity at = activity;
      while (at.parent != null && !leadToRoot.contains(at.parent)) {
        path.add(at);
        if (path.contains(at.parent)) {
          at.parent = null;
        } else {
          at = at.parent;
        }
      }
      leadToRoot.addAll(path);
      leadToRoot.add(activity);
    }
  }

  /** Shows a flow of data and the work of its receiver as one line. */
  private static void joinDataFlows(Activity activity) {
    List<Activity> flows =
        activity.children.stream().filter(c -> c.first.eventType() instanceof DataFlow).toList();
    for (Activity flow : flows) {
      Activity receiver = receiverOf(flow, activity.children);
      if (receiver == null) {
        receiver = receiverOf(flow, flow.children);
      }
      if (receiver != null) {
        receiver.dataFlow = flow.first;
        activity.children.remove(flow);
        for (Activity child : flow.children) {
          child.parent = activity;
          activity.children.add(child);
        }
      }
    }
  }

  private static @Nullable Activity receiverOf(Activity flow, List<Activity> candidates) {
    String toActor = ((DataFlow) flow.first.eventType()).toActor();
    for (Activity candidate : candidates) {
      if (candidate.isWork()
          && candidate.dataFlow == null
          && candidate.first.actorId().equals(toActor)
          && isSameCall(flow, candidate)) {
        return candidate;
      }
    }
    return null;
  }

  /** Either the work names the flow as its cause, or both are of one span. */
  private static boolean isSameCall(Activity flow, Activity work) {
    return flow.first.eventId().equals(work.first.causality().parentEventId())
        || (!flow.first.causality().spanId().isEmpty()
            && flow.first.causality().spanId().equals(work.first.causality().spanId()));
  }
}
