package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowJson;
import io.tracestore.codec.ReflowReply;
import io.tracestore.codec.ReflowReply.ErrorCode;
import io.tracestore.codec.ReflowRequest;
import io.tracestore.codec.ReflowRequest.EndTrace;
import io.tracestore.codec.ReflowRequest.RecordEvent;
import io.tracestore.codec.ReflowRequest.StartTrace;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.CorruptDataException;
import io.tracestore.spi.TraceStoreException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection and their answers, in the order of the requests. Events that
 * follow each other are stored together. Used by one thread at a time.
 */
final class Conversation {
  /** More are completed, the one that was silent for the longest time first. */
  static final int MAX_OPEN_TRACES = 10_000;

  private final FlowTraces traces;
  private final Reads reads;
  private final Subscriptions subscriptions;
  private final Outbox outbox;
  private final Traffic traffic;

  /** Those that this connection records, and whether it began them. */
  private final Map<TraceId, Boolean> open = new LinkedHashMap<>(16, 0.75f, true);

  /** The trace of a client of the first generation, which does not know the id of its trace. */
  private @Nullable TraceId current;

  Conversation(
      FlowTraces traces, Reads reads, Subscriptions subscriptions, Outbox outbox, Traffic traffic) {
    this.traces = traces;
    this.reads = reads;
    this.subscriptions = subscriptions;
    this.outbox = outbox;
    this.traffic = traffic;
  }

  /** The answers to {@code messages}, one each. */
  List<String> answer(List<String> messages) {
    List<String> answers = new ArrayList<>(messages.size());
    List<RecordEvent> events = new ArrayList<>();
    for (String message : messages) {
      try {
        ReflowRequest request = ReflowRequest.read(message);
        if (request instanceof RecordEvent event) {
          events.add(event);
          continue;
        }
        record(events, answers);
        answers.add(answer(request));
      } catch (CorruptDataException e) {
        record(events, answers);
        answers.add(unreadable(message, e));
      }
    }
    record(events, answers);
    return answers;
  }

  private String unreadable(String message, CorruptDataException e) {
    try {
      var unused = ReflowJson.readValue(message);
      return error(ErrorCode.INVALID_REQUEST, String.valueOf(e.getMessage()));
    } catch (CorruptDataException notJson) {
      return error(ErrorCode.SERIALIZATION_ERROR, String.valueOf(notJson.getMessage()));
    }
  }

  private String error(ErrorCode code, String message) {
    traffic.errors.increment();
    return ReflowReply.error(code, message);
  }

  // ---- events ----

  /** Stores {@code events}, adds their answers, and empties the list. */
  private void record(List<RecordEvent> events, List<String> answers) {
    if (events.isEmpty()) {
      return;
    }
    Map<TraceId, List<TraceEvent>> byTrace = new LinkedHashMap<>();
    for (RecordEvent event : events) {
      byTrace.computeIfAbsent(traceOf(event), id -> new ArrayList<>()).add(event.event());
    }
    IdentityHashMap<TraceEvent, String> failures = new IdentityHashMap<>();
    byTrace.forEach((traceId, ofTrace) -> record(traceId, ofTrace, failures));
    for (RecordEvent event : events) {
      String failure = failures.get(event.event());
      answers.add(failure == null ? ReflowReply.RECORDED : ReflowReply.notRecorded(failure));
    }
    events.clear();
  }

  private void record(
      TraceId traceId, List<TraceEvent> events, IdentityHashMap<TraceEvent, String> failures) {
    try {
      keepOpen(traceId, false);
      traces.record(traceId, events, this);
      traffic.events.increment(events.size());
    } catch (TraceStoreException e) {
      if (events.size() == 1 || e.isRetryable()) {
        traffic.errors.increment(events.size());
        events.forEach(event -> failures.put(event, String.valueOf(e.getMessage())));
      } else {
        // One of them may be what the store refuses.
        events.forEach(event -> record(traceId, List.of(event), failures));
      }
    }
  }

  private TraceId traceOf(RecordEvent event) {
    TraceId first = current;
    return first == null || open.containsKey(event.traceId()) ? event.traceId() : first;
  }

  private void keepOpen(TraceId traceId, boolean begins) {
    open.merge(traceId, begins, (before, now) -> before || now);
    if (open.size() > MAX_OPEN_TRACES) {
      TraceId eldest = open.keySet().iterator().next();
      open.remove(eldest);
      traces.leave(eldest, this);
    }
  }

  // ---- requests ----

  private String answer(ReflowRequest request) {
    try {
      return switch (request) {
        case StartTrace start -> start(start);
        case EndTrace end -> end(end);
        case ReflowRequest.Ping ping -> ReflowReply.PONG;
        case ReflowRequest.GetTrace get -> {
          traffic.tracesQueried.increment();
          yield reads.traceData(orRandom(get.requestId()), get.traceId());
        }
        case ReflowRequest.QueryTraces query -> {
          traffic.tracesQueried.increment();
          yield reads.queryResults(orRandom(query.requestId()), query.query());
        }
        case ReflowRequest.GetFlowVersions get ->
            ReflowReply.flowVersions(reads.versions(get.flowId()));
        case ReflowRequest.Subscribe subscribe -> {
          subscriptions.subscribe(outbox, subscribe.filters());
          yield ReflowReply.RECORDED;
        }
        case ReflowRequest.Unsubscribe unsubscribe -> {
          subscriptions.unsubscribe(outbox);
          yield ReflowReply.RECORDED;
        }
        case RecordEvent event -> throw new IllegalStateException("events are stored together");
        case ReflowRequest.StoreTrace store -> old(() -> storeTrace(store.trace()));
        case ReflowRequest.OldGetTrace get -> old(() -> oldGetTrace(get.traceId()));
        case ReflowRequest.OldQueryTraces query -> old(() -> reads.tracesFound(query.query()));
        case ReflowRequest.GetMetrics metrics -> ReflowReply.metrics(traffic.asJson());
      };
    } catch (TraceStoreException e) {
      return error(ErrorCode.STORAGE_ERROR, String.valueOf(e.getMessage()));
    }
  }

  private static UUID orRandom(@Nullable UUID requestId) {
    return requestId == null ? UUID.randomUUID() : requestId;
  }

  private String start(StartTrace request) {
    TraceId given = request.traceId();
    TraceId traceId = given == null ? TraceId.random() : given;
    keepOpen(traceId, true);
    Optional<String> refusal = traces.start(request, traceId, this);
    if (refusal.isPresent()) {
      return error(ErrorCode.INVALID_REQUEST, refusal.get());
    }
    current = given == null ? traceId : null;
    if (given == null) {
      takeEarlierEvents(traceId);
    }
    traffic.tracesStored.increment();
    return ReflowReply.traceStarted(traceId);
  }

  /** A client of the first generation sends events before it begins their trace, too. */
  private void takeEarlierEvents(TraceId traceId) {
    for (Map.Entry<TraceId, Boolean> each : List.copyOf(open.entrySet())) {
      if (!each.getValue()) {
        traces.move(each.getKey(), traceId, this);
        open.remove(each.getKey());
      }
    }
  }

  private String end(EndTrace request) {
    TraceId traceId = request.traceId();
    keepOpen(traceId, false);
    return traces.end(traceId, request.status(), this)
        ? ReflowReply.RECORDED
        : error(ErrorCode.NOT_FOUND, "nothing is stored of trace " + traceId);
  }

  // ---- the older family ----

  private interface OldAnswer {
    String get();
  }

  private String old(OldAnswer answer) {
    try {
      return answer.get();
    } catch (TraceStoreException e) {
      return oldError(String.valueOf(e.getMessage()));
    }
  }

  private String oldError(String message) {
    traffic.errors.increment();
    return ReflowReply.oldError(message);
  }

  private String storeTrace(FlowTrace trace) {
    traces.store(trace);
    traffic.tracesStored.increment();
    return ReflowReply.traceStored(trace.traceId());
  }

  private String oldGetTrace(TraceId traceId) {
    traffic.tracesQueried.increment();
    Optional<FlowTrace> trace = reads.trace(traceId);
    return trace.isPresent()
        ? ReflowReply.oldTraceData(trace.get())
        : oldError("trace %s is not stored".formatted(traceId));
  }

  /** The connection has ended: the traces that it left open are completed. */
  void end() {
    subscriptions.unsubscribe(outbox);
    outbox.close();
    for (TraceId traceId : List.copyOf(open.keySet())) {
      leave(traceId);
    }
    open.clear();
  }

  private void leave(TraceId traceId) {
    try {
      traces.leave(traceId, this);
    } catch (TraceStoreException e) {
      traffic.errors.increment();
    }
  }
}
