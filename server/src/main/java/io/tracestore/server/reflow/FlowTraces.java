package io.tracestore.server.reflow;

import io.tracestore.codec.ReflowRequest.StartTrace;
import io.tracestore.migration.pieces.UnknownFlow;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The traces that Reflow programs record at this server.
 *
 * <p>Events are stored at once. A header is stored when a trace is begun; the header of a trace of
 * which only events came is made a moment later, or when somebody asks, so that another server on
 * the same store can store the one that the program gave. Safe for many threads.
 */
final class FlowTraces implements AutoCloseable {
  /** How long the begin of a trace may come after its first event. */
  private static final Duration SETTLE = Duration.ofSeconds(1);

  private final TraceStore store;
  private final Retries retries;
  private final Subscriptions subscriptions;
  private final Map<TraceId, LiveTrace> live = new ConcurrentHashMap<>();

  /** Those without a header, and when the first event came. */
  private final Map<TraceId, Long> headerless = new ConcurrentHashMap<>();

  private final Thread sweeper;

  FlowTraces(TraceStore store, Retries retries, Subscriptions subscriptions) {
    this.store = store;
    this.retries = retries;
    this.subscriptions = subscriptions;
    this.sweeper = Thread.ofVirtual().name("tracestore-headers").start(this::sweep);
  }

  /**
   * Begins a trace, or takes part in one that has begun.
   *
   * @return why not; empty if it has begun
   */
  Optional<String> start(StartTrace request, TraceId traceId, Object owner) {
    return with(
        traceId,
        owner,
        trace -> {
          FlowTrace header = trace.header;
          if (header == null) {
            header = retries.get(() -> storeOrFind(newHeader(request, traceId)));
            trace.beganHere = true;
            setHeader(trace, header);
          }
          return header.flowId().equals(request.flowId())
              ? Optional.empty()
              : takeFlow(trace, request);
        });
  }

  private static FlowTrace newHeader(StartTrace request, TraceId traceId) {
    return FlowTrace.builder(request.flowId())
        .traceId(traceId)
        .version(request.version())
        .status(ExecutionStatus.running())
        .metadata(UnknownFlow.METADATA)
        .build();
  }

  /** The flow of a trace whose events came long before its begin stands in a tag. */
  private Optional<String> takeFlow(LiveTrace trace, StartTrace request) {
    FlowTrace header = headerOf(trace);
    if (!header.flowId().equals(UnknownFlow.NAME)) {
      return Optional.of(
          "trace %s is of flow '%s', not of '%s'"
              .formatted(trace.traceId, header.flowId(), request.flowId()));
    }
    TraceMetadata old = header.metadata();
    FlowTrace named =
        header.toBuilder()
            .version(request.version())
            .metadata(
                TraceMetadata.builder()
                    .userId(old.userId())
                    .sessionId(old.sessionId())
                    .environment(old.environment())
                    .hostname(old.hostname())
                    .processId(old.processId())
                    .threadId(old.threadId())
                    .tags(old.tags())
                    .tag("flow_id", request.flowId())
                    .build())
            .build();
    retries.run(() -> store.storeTrace(named));
    setHeader(trace, named);
    return Optional.empty();
  }

  /** Stores a whole trace. */
  void store(FlowTrace trace) {
    retries.run(() -> store.storeTrace(trace));
  }

  /** Stores events, and tells the subscribers. */
  void record(TraceId traceId, List<TraceEvent> events, Object owner) {
    retries.run(() -> store.storeEvents(traceId, events));
    Optional<FlowTrace> header =
        with(
            traceId,
            owner,
            trace -> {
              lookFor(trace);
              return Optional.ofNullable(trace.header);
            });
    if (!subscriptions.isEmpty()) {
      FlowTrace known =
          header.orElseGet(() -> UnknownFlow.trace(traceId, events.getFirst().timestamp()));
      subscriptions.publish(traceId, known, events);
    }
  }

  /**
   * Moves the events of {@code from} to {@code to}, if nothing but events of {@code owner} came for
   * it. A crash in between leaves them in both.
   */
  void move(TraceId from, TraceId to, Object owner) {
    LiveTrace trace = live.get(from);
    if (trace == null) {
      return;
    }
    trace.lock.lock();
    try {
      boolean isOwn = trace.owners.size() == 1 && trace.owners.contains(owner);
      if (!isOwn || trace.isGone || (trace.header != null && !trace.beganHere)) {
        return;
      }
      List<TraceEvent> events = retries.get(() -> store.getEvents(from));
      retries.run(() -> store.storeEvents(to, events));
      boolean unused = retries.get(() -> store.deleteTrace(from));
      forget(trace);
    } finally {
      trace.lock.unlock();
    }
  }

  private void forget(LiveTrace trace) {
    trace.isGone = true;
    live.remove(trace.traceId, trace);
    headerless.remove(trace.traceId);
  }

  /**
   * Sets the status of a trace, and its end if that is its last.
   *
   * @return false if nothing is stored of it
   */
  boolean end(TraceId traceId, ExecutionStatus status, Object owner) {
    return with(
        traceId,
        owner,
        trace -> {
          if (!makeHeader(trace)) {
            return false;
          }
          end(trace, status);
          return true;
        });
  }

  private void end(LiveTrace trace, ExecutionStatus status) {
    FlowTrace.Builder ended = headerOf(trace).toBuilder().status(status);
    if (status.kind().isTerminal()) {
      ended.endTime(Instant.now());
    }
    FlowTrace header = ended.build();
    retries.run(() -> store.storeTrace(header));
    setHeader(trace, header);
  }

  /**
   * Notes that {@code owner} no longer records this trace. A trace that began here and has no other
   * owner is completed.
   */
  void leave(TraceId traceId, Object owner) {
    LiveTrace trace = live.get(traceId);
    if (trace == null) {
      return;
    }
    trace.lock.lock();
    try {
      trace.owners.remove(owner);
      if (!trace.owners.isEmpty() || trace.isGone) {
        return;
      }
      boolean isThere = makeHeader(trace);
      if (isThere && trace.beganHere && !trace.isEnded() && !wasEndedElsewhere(trace)) {
        end(trace, ExecutionStatus.completed());
      }
      forget(trace);
    } finally {
      trace.lock.unlock();
    }
  }

  /** Whether another server on the same store has stored an end since the header was read here. */
  private boolean wasEndedElsewhere(LiveTrace trace) {
    return retries
        .get(() -> store.getHeader(trace.traceId))
        .filter(header -> header.status().kind().isTerminal())
        .isPresent();
  }

  /** The trace, also one of which only events are stored. */
  Optional<FlowTrace> get(TraceId traceId) {
    LiveTrace trace = live.get(traceId);
    if (trace != null) {
      trace.lock.lock();
      try {
        boolean unused = makeHeader(trace);
      } finally {
        trace.lock.unlock();
      }
    }
    return store.getTrace(traceId);
  }

  /** Makes all headers that are missing, so that a query sees these traces. */
  void makeHeaders() {
    headerless.keySet().forEach(this::makeHeader);
  }

  private void makeHeader(TraceId traceId) {
    LiveTrace trace = live.get(traceId);
    if (trace == null) {
      headerless.remove(traceId);
      return;
    }
    trace.lock.lock();
    try {
      boolean unused = makeHeader(trace);
    } finally {
      trace.lock.unlock();
    }
  }

  /** Whether the trace has a header now; false if nothing is stored of it. */
  private boolean makeHeader(LiveTrace trace) {
    if (trace.header != null) {
      return true;
    }
    Optional<FlowTrace> stored = retries.get(() -> store.getHeader(trace.traceId));
    if (stored.isEmpty()) {
      List<TraceEvent> events = retries.get(() -> store.getEvents(trace.traceId));
      if (events.isEmpty()) {
        return false;
      }
      FlowTrace made = UnknownFlow.trace(trace.traceId, events.getFirst().timestamp());
      stored = Optional.of(retries.get(() -> storeOrFind(made)));
      trace.beganHere = true;
    }
    setHeader(trace, stored.get());
    return true;
  }

  /** Stores a new header; if another one was first, that one counts. */
  private FlowTrace storeOrFind(FlowTrace header) {
    try {
      store.storeTrace(header);
      return header;
    } catch (StoreConflictException e) {
      return store.getHeader(header.traceId()).orElseThrow(() -> e);
    }
  }

  private void lookFor(LiveTrace trace) {
    if (trace.header == null && !trace.wasLookedFor) {
      trace.wasLookedFor = true;
      Optional<FlowTrace> stored = retries.get(() -> store.getHeader(trace.traceId));
      if (stored.isPresent()) {
        setHeader(trace, stored.get());
      } else {
        headerless.putIfAbsent(trace.traceId, System.nanoTime());
      }
    }
  }

  private void setHeader(LiveTrace trace, FlowTrace header) {
    trace.header = header;
    headerless.remove(trace.traceId);
  }

  private static FlowTrace headerOf(LiveTrace trace) {
    FlowTrace header = trace.header;
    if (header == null) {
      throw new IllegalStateException("trace %s has no header".formatted(trace.traceId));
    }
    return header;
  }

  private interface Step<T> {
    T on(LiveTrace trace);
  }

  /** Runs a step with a trace; {@code owner} takes part in that trace from now on. */
  private <T> T with(TraceId traceId, Object owner, Step<T> step) {
    while (true) {
      LiveTrace trace = live.computeIfAbsent(traceId, LiveTrace::new);
      trace.lock.lock();
      try {
        if (!trace.isGone) {
          trace.owners.add(owner);
          return step.on(trace);
        }
      } finally {
        trace.lock.unlock();
      }
    }
  }

  private void sweep() {
    try {
      while (true) {
        Thread.sleep(SETTLE.dividedBy(4));
        long before = System.nanoTime() - SETTLE.toNanos();
        headerless.forEach((traceId, since) -> {
          if (since - before <= 0) {
            tryToMakeHeader(traceId);
          }
        });
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void tryToMakeHeader(TraceId traceId) {
    try {
      makeHeader(traceId);
    } catch (TraceStoreException e) {
      // The next round tries again; the store counts its errors itself.
    }
  }

  /** Gives every trace that has none its header. */
  @Override
  public void close() {
    sweeper.interrupt();
    Consumer<TraceId> last = this::tryToMakeHeader;
    headerless.keySet().forEach(last);
  }
}
