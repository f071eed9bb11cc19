package io.tracestore.compat;

import static java.util.stream.Collectors.joining;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.EventCounts;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceCursor;
import io.tracestore.spi.TraceIdCursor;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.analytics.ActorGraphQuery;
import io.tracestore.spi.analytics.EventMetricsQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One call, to be made on a store and on the reference; both must answer the same. */
sealed interface StoreOperation {
  /** The answer of {@code store}: a value, or what was refused, in a form that can be compared. */
  Object answerOf(TraceStore store);

  /** The answer of {@code reference}, in the same form. */
  Object answerOf(ReferenceStore reference);

  /** Stores one trace. */
  record StoreTrace(FlowTrace trace) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return refusals(() -> store.storeTrace(trace));
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return refusals(() -> reference.storeTrace(trace));
    }

    @Override
    public String toString() {
      return "storeTrace(" + ShortText.of(trace) + ")";
    }
  }

  /** Stores traces in one batch. */
  record StoreTraces(List<FlowTrace> traces) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return refusals(() -> store.storeTraces(traces));
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return refusals(() -> reference.storeTraces(traces));
    }

    @Override
    public String toString() {
      return traces.stream().map(ShortText::of).collect(joining(", ", "storeTraces(", ")"));
    }
  }

  /** Stores events of one trace; one event by the call for one. */
  record StoreEvents(TraceId traceId, List<TraceEvent> events) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return refusals(() -> {
        if (events.size() == 1) {
          store.storeEvent(traceId, events.getFirst());
        } else {
          store.storeEvents(traceId, events);
        }
      });
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return refusals(() -> reference.storeEvents(traceId, events));
    }

    @Override
    public String toString() {
      return "storeEvents(%s, %s)".formatted(traceId, ShortText.of(events));
    }
  }

  /** Deletes a trace. */
  record DeleteTrace(TraceId traceId) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return store.deleteTrace(traceId);
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return reference.deleteTrace(traceId);
    }

    @Override
    public String toString() {
      return "deleteTrace(" + traceId + ")";
    }
  }

  /** Purges what is older. */
  record PurgeBefore(Instant cutoff) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return store.purgeBefore(cutoff);
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return reference.purgeBefore(cutoff);
    }

    @Override
    public String toString() {
      return "purgeBefore(" + cutoff + ")";
    }
  }

  /** Reads a trace and its events. */
  record GetTrace(TraceId traceId) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      List<TraceEvent> opened = new ArrayList<>();
      try (EventCursor cursor = store.openEvents(traceId, EventRange.ALL)) {
        cursor.forEachRemaining(opened::add);
      }
      return List.of(
          store.getTrace(traceId),
          store.getEvents(traceId),
          store.getHeader(traceId),
          opened,
          store.eventCounts(List.of(traceId)));
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      List<TraceEvent> events = reference.getEvents(traceId);
      return List.of(
          reference.getTrace(traceId),
          events,
          reference.getHeader(traceId),
          events,
          Map.of(traceId, EventCounts.of(events)));
    }

    @Override
    public String toString() {
      return "getTrace(" + traceId + ")";
    }
  }

  /** Reads by a query in all three ways. */
  record Query(TraceQuery query) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      List<FlowTrace> all = new ArrayList<>();
      try (TraceCursor cursor = store.openCursor(query)) {
        cursor.forEachRemaining(all::add);
      }
      return List.of(store.queryTraces(query), store.count(query), all);
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return List.of(reference.queryTraces(query), reference.count(query), reference.all(query));
    }

    @Override
    public String toString() {
      return "query(" + ShortText.of(query) + ")";
    }
  }

  /** Adds up events and messages. */
  record Analyze(EventMetricsQuery metrics, ActorGraphQuery graph) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return List.of(store.eventMetrics(metrics), store.actorGraph(graph));
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return List.of(reference.eventMetrics(metrics), reference.actorGraph(graph));
    }
  }

  /** Deletes what matches. */
  record DeleteTraces(TraceQuery query) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return store.deleteTraces(query);
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return reference.deleteTraces(query);
    }

    @Override
    public String toString() {
      return "deleteTraces(" + ShortText.of(query) + ")";
    }
  }

  /** Lists names, and the traces without a header. */
  record Names(NameKind kind, Instant from) implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      List<TraceId> early = new ArrayList<>();
      try (TraceIdCursor cursor = store.openEarlyTraces()) {
        cursor.forEachRemaining(early::add);
      }
      early.sort(null);
      return List.of(List.copyOf(store.names(kind, from, null)), early);
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return List.of(reference.names(kind, from), reference.earlyTraces());
    }
  }

  /** Closes the store and opens it again; the reference keeps its data. */
  record Reopen() implements StoreOperation {
    @Override
    public Object answerOf(TraceStore store) {
      return "reopened";
    }

    @Override
    public Object answerOf(ReferenceStore reference) {
      return "reopened";
    }
  }

  /** The traces that {@code write} refused to store: their places in the batch and their ids. */
  private static Object refusals(Runnable write) {
    try {
      write.run();
      return "stored";
    } catch (StoreConflictException e) {
      return "conflict";
    } catch (BatchStoreException e) {
      return e.failures().stream()
          .map(failure -> List.of(failure.index(), failure.traceId(), failure.cause().getClass()))
          .toList();
    }
  }
}
