package io.tracestore.compat;

import io.tracestore.model.EventId;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.analytics.ActorEdge;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The right answers of a store, written as plainly as possible: two maps, and every question a walk
 * through all traces. For one thread.
 */
final class ReferenceStore {
  private final Map<TraceId, FlowTrace> headers = new HashMap<>();
  private final Map<TraceId, Map<EventId, TraceEvent>> events = new HashMap<>();

  void storeTrace(FlowTrace trace) {
    FlowTrace stored = headers.get(trace.traceId());
    if (stored != null && !stored.hasIdentityOf(trace)) {
      throw new StoreConflictException("another identity: " + trace.traceId(), null);
    }
    boolean wouldTurnBack =
        stored != null
            && stored.status().kind().isTerminal()
            && !trace.status().kind().isTerminal();
    if (!wouldTurnBack) {
      headers.put(trace.traceId(), trace.withEvents(List.of()));
    }
    storeEvents(trace.traceId(), trace.events());
  }

  void storeTraces(List<FlowTrace> traces) {
    List<BatchStoreException.Failure> failures = new ArrayList<>();
    for (int i = 0; i < traces.size(); i++) {
      try {
        storeTrace(traces.get(i));
      } catch (StoreConflictException e) {
        failures.add(new BatchStoreException.Failure(i, traces.get(i).traceId(), e));
      }
    }
    if (!failures.isEmpty()) {
      throw new BatchStoreException(traces.size(), failures);
    }
  }

  void storeEvents(TraceId traceId, List<TraceEvent> more) {
    for (TraceEvent event : more) {
      events.computeIfAbsent(traceId, id -> new HashMap<>()).put(event.eventId(), event);
    }
  }

  Optional<FlowTrace> getTrace(TraceId traceId) {
    return Optional.ofNullable(headers.get(traceId))
        .map(header -> header.withEvents(getEvents(traceId)));
  }

  Optional<FlowTrace> getHeader(TraceId traceId) {
    return Optional.ofNullable(headers.get(traceId));
  }

  List<TraceId> earlyTraces() {
    return events.keySet().stream().filter(id -> !headers.containsKey(id)).sorted().toList();
  }

  List<String> names(NameKind kind, Instant from) {
    return matching(TraceQuery.builder().startedFrom(from).build()).stream()
        .flatMap(trace -> names(kind, trace))
        .distinct()
        .sorted()
        .toList();
  }

  private static Stream<String> names(NameKind kind, FlowTrace trace) {
    return switch (kind) {
      case FLOW -> Stream.of(trace.flowId());
      case ENVIRONMENT -> Stream.of(trace.metadata().environment()).filter(e -> !e.isEmpty());
      case ACTOR -> trace.events().stream().map(TraceEvent::actorId);
      case EVENT_TYPE -> trace.events().stream().map(event -> event.eventType().typeName());
    };
  }

  long deleteTraces(TraceQuery query) {
    List<FlowTrace> found = all(query);
    found.forEach(trace -> deleteTrace(trace.traceId()));
    return found.size();
  }

  List<TraceEvent> getEvents(TraceId traceId) {
    return events.getOrDefault(traceId, Map.of()).values().stream()
        .sorted(TraceEvent.ORDER)
        .toList();
  }

  /** The traces that a cursor gives: all that match, but for what the query passes over. */
  List<FlowTrace> all(TraceQuery query) {
    return matching(query).stream()
        .filter(trace -> query.after() == null || query.after().isBefore(trace))
        .skip(query.offset())
        .limit(query.limit() == null ? Long.MAX_VALUE : query.limit())
        .map(trace -> query.withEvents() ? trace : trace.withEvents(List.of()))
        .toList();
  }

  List<FlowTrace> queryTraces(TraceQuery query) {
    return all(query.toBuilder().limit(query.limitOrDefault()).build());
  }

  long count(TraceQuery query) {
    return matching(query).size();
  }

  List<EventMetrics> eventMetrics(EventMetricsQuery query) {
    return ReferenceAnalytics.eventMetrics(
        query, traces(query.flowId()).stream().flatMap(Collection::stream).toList());
  }

  List<ActorEdge> actorGraph(ActorGraphQuery query) {
    return ReferenceAnalytics.actorGraph(query, traces(query.flowId()));
  }

  /** The events of each trace of a flow, or of all, those without a header included. */
  private List<Collection<TraceEvent>> traces(@Nullable String flowId) {
    List<Collection<TraceEvent>> traces = new ArrayList<>();
    events.forEach((id, byId) -> {
      FlowTrace header = headers.get(id);
      if (flowId == null || (header != null && header.flowId().equals(flowId))) {
        traces.add(byId.values());
      }
    });
    return traces;
  }

  private List<FlowTrace> matching(TraceQuery query) {
    List<FlowTrace> matching = new ArrayList<>();
    for (TraceId traceId : headers.keySet()) {
      getTrace(traceId).filter(query::matches).ifPresent(matching::add);
    }
    matching.sort(FlowTrace.NEWEST_FIRST);
    return matching;
  }

  boolean deleteTrace(TraceId traceId) {
    boolean hadHeader = headers.remove(traceId) != null;
    boolean hadEvents = events.remove(traceId) != null;
    return hadHeader || hadEvents;
  }

  long purgeBefore(Instant cutoff) {
    Set<TraceId> old = new HashSet<>();
    headers.forEach((id, header) -> {
      if (header.startTime().isBefore(cutoff)) {
        old.add(id);
      }
    });
    old.forEach(this::deleteTrace);
    events.forEach((id, byId) -> {
      if (!headers.containsKey(id)) {
        byId.values().removeIf(event -> event.timestamp().isBefore(cutoff));
      }
    });
    events.values().removeIf(Map::isEmpty);
    return old.size();
  }
}
