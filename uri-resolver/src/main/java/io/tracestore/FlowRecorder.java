package io.tracestore;

import io.tracestore.model.Bytes;
import io.tracestore.model.CausalityInfo;
import io.tracestore.model.EventId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.FlowVersion;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.StateDiff;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Records one execution of a flow while it happens: its start, the events of its actors, its end.
 *
 * <pre>{@code
 * FlowRecorder flow = FlowRecorder.start(store, "etl");
 * FlowRecorder.Actor reader = flow.actor("reader");
 * TraceEvent started = reader.started().record();
 * TraceEvent sent = reader.sentTo("writer", "in").message("row", row).causedBy(started).record();
 * flow.actor("writer").received("in").causedBy(sent).record();
 * reader.completed().record();
 * flow.complete();
 * }</pre>
 *
 * <p><b>What is stored when.</b> Over a {@link TraceStore}, each call stores what it records before
 * it returns. Over a {@link TraceWriter}, each call hands it to the writer, which stores it in the
 * background. A call that throws recorded nothing; it may be repeated.
 *
 * <p><b>Time.</b> The start is read from the system's clock once, everything after it from a steady
 * clock: no event lies before the start, and each lies after the one that was recorded before it.
 *
 * <p><b>Causes.</b> An event is caused by the event that {@link Recording#causedBy} names; without
 * one, by the event with which its actor started, if there is one. The root cause and the chain
 * follow from the cause. A chain holds the nearest {@value #MAX_CHAIN} causes at most.
 *
 * <p><b>Spans.</b> All events of an actor belong to one span until it starts again, which begins
 * another.
 *
 * <p>Safe for use by many threads. After the end, every call but {@link #close()} throws {@link
 * IllegalStateException}.
 */
public final class FlowRecorder implements AutoCloseable {
  /** How many causes a chain holds at most. */
  static final int MAX_CHAIN = 64;

  private final Target target;
  private final FlowTrace header;
  private final long startNanos;
  private final Map<String, Actor> actors = new HashMap<>();
  private Instant last;
  private boolean ended;

  /** Takes what is recorded. */
  private interface Target {
    void store(FlowTrace trace);

    void store(TraceId traceId, TraceEvent event);
  }

  private FlowRecorder(Target target, FlowTrace header, long startNanos) {
    this.target = target;
    this.header = header;
    this.startNanos = startNanos;
    this.last = header.startTime();
  }

  /**
   * Starts an execution of {@code flowId} and stores that it runs.
   *
   * @throws TraceStoreException if the store does not take it
   */
  public static FlowRecorder start(TraceStore store, String flowId) {
    return builder(flowId).start(store);
  }

  /**
   * Starts an execution of {@code flowId} and hands to the writer that it runs. The writer is left
   * open.
   *
   * @throws TraceStoreException if the writer does not take it
   */
  public static FlowRecorder start(TraceWriter writer, String flowId) {
    return builder(flowId).start(writer);
  }

  /** A builder of an execution that has a version, metadata, or an id of the caller's. */
  public static Builder builder(String flowId) {
    return new Builder(flowId);
  }

  /** The id under which it is stored. */
  public TraceId traceId() {
    return header.traceId();
  }

  /** When it started. */
  public Instant startTime() {
    return header.startTime();
  }

  /** The actor of that id; the same object each time. */
  public Actor actor(String actorId) {
    synchronized (actors) {
      return actors.computeIfAbsent(actorId, Actor::new);
    }
  }

  /**
   * Ends it as completed.
   *
   * @throws TraceStoreException if the end cannot be stored; the flow is not ended then
   */
  public void complete() {
    end(ExecutionStatus.completed());
  }

  /**
   * Ends it as failed.
   *
   * @param error what went wrong
   * @throws TraceStoreException if the end cannot be stored; the flow is not ended then
   */
  public void fail(String error) {
    end(ExecutionStatus.failed(error));
  }

  /**
   * Ends it as cancelled.
   *
   * @throws TraceStoreException if the end cannot be stored; the flow is not ended then
   */
  public void cancel() {
    end(ExecutionStatus.cancelled());
  }

  /** Cancels it if it has not ended; leaves the store or the writer open. */
  @Override
  public void close() {
    if (!hasEnded()) {
      cancel();
    }
  }

  private boolean hasEnded() {
    synchronized (actors) {
      return ended;
    }
  }

  private void end(ExecutionStatus status) {
    Instant now;
    synchronized (actors) {
      now = next();
      ended = true;
    }
    boolean stored = false;
    try {
      target.store(header.toBuilder().endTime(now).status(status).build());
      stored = true;
    } finally {
      if (!stored) {
        synchronized (actors) {
          ended = false;
        }
      }
    }
  }

  /** A time after all before. */
  private Instant next() {
    synchronized (actors) {
      if (ended) {
        throw new IllegalStateException("flow '%s' has ended".formatted(header.flowId()));
      }
      Instant now = header.startTime().plusNanos(System.nanoTime() - startNanos);
      last = now.isAfter(last) ? now : last.plusNanos(1);
      return last;
    }
  }

  /**
   * An actor of the flow. Each method begins an event, which {@link Recording#record()} stores.
   * Safe for use by many threads.
   */
  public final class Actor {
    private final String actorId;
    private final String firstSpanId = newSpan();
    private volatile @Nullable TraceEvent started;

    private Actor(String actorId) {
      this.actorId = Objects.requireNonNull(actorId, "actorId");
    }

    /** It was created. */
    public Recording created() {
      return event(TraceEventType.ACTOR_CREATED);
    }

    /** It starts a piece of work, and a new span. */
    public Recording started() {
      return event(TraceEventType.ACTOR_STARTED);
    }

    /** It is done; without an execution time, the time since it started is taken. */
    public Recording completed() {
      return event(TraceEventType.ACTOR_COMPLETED);
    }

    /** It failed; without an execution time, the time since it started is taken. */
    public Recording failed(String error) {
      return event(TraceEventType.ACTOR_FAILED).error(error);
    }

    /** It sent a message from one of its ports. */
    public Recording sent(String port) {
      return event(TraceEventType.MESSAGE_SENT).port(port);
    }

    /** It sent data to a port of another actor. */
    public Recording sentTo(String toActor, String toPort) {
      return event(TraceEventType.dataFlow(toActor, toPort));
    }

    /** It received a message at one of its ports; name the event that sent it as the cause. */
    public Recording received(String port) {
      return event(TraceEventType.MESSAGE_RECEIVED).port(port);
    }

    /** Its state changed. */
    public Recording stateChanged(StateDiff diff) {
      return event(TraceEventType.STATE_CHANGED).stateDiff(diff);
    }

    /** Anything else that happened to it. */
    public Recording event(TraceEventType type) {
      return new Recording(this, type);
    }
  }

  /** An event that is being described; for one thread. Nothing is stored before {@link #record}. */
  public final class Recording {
    private final Actor actor;
    private final TraceEventType type;
    private final EventId eventId = EventId.random();
    private final TraceEventData.Builder data = TraceEventData.builder();
    private final PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
    private @Nullable TraceEvent cause;
    private @Nullable TraceEvent recorded;

    private Recording(Actor actor, TraceEventType type) {
      this.actor = actor;
      this.type = Objects.requireNonNull(type, "type");
    }

    /** The event that led to it, of any actor of this flow. */
    public Recording causedBy(TraceEvent cause) {
      this.cause = Objects.requireNonNull(cause, "cause");
      return this;
    }

    /** The port concerned. */
    public Recording port(String port) {
      data.port(port);
      return this;
    }

    /** The message concerned. */
    public Recording message(MessageSnapshot message) {
      data.message(message);
      return this;
    }

    /** The message concerned, with its content. */
    public Recording message(String messageType, Bytes content) {
      return message(MessageSnapshot.of(messageType, content));
    }

    /** The message concerned, with a text as its content, in UTF-8. */
    public Recording message(String messageType, String text) {
      return message(messageType, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The change of the actor's state. */
    public Recording stateDiff(StateDiff diff) {
      data.stateDiff(diff);
      return this;
    }

    /** Sets the event's error text; an empty text is an error, too. */
    public Recording error(String error) {
      data.error(error);
      return this;
    }

    /**
     * How long the work took.
     *
     * @throws ArithmeticException if it is longer than 292 years
     */
    public Recording executionTime(Duration time) {
      metrics.executionTime(time);
      return this;
    }

    /** How much memory was in use, in bytes. */
    public Recording memoryUsageBytes(long bytes) {
      metrics.memoryUsageBytes(bytes);
      return this;
    }

    /** How much of a CPU was in use, in percent. */
    public Recording cpuUsagePercent(float percent) {
      metrics.cpuUsagePercent(percent);
      return this;
    }

    /** How many messages were waiting. */
    public Recording queueDepth(long messages) {
      metrics.queueDepth(messages);
      return this;
    }

    /** How many messages passed in a second. */
    public Recording throughputMsgsPerSec(double rate) {
      metrics.throughputMsgsPerSec(rate);
      return this;
    }

    /**
     * An attribute of the caller's.
     *
     * @throws IllegalArgumentException if {@link io.tracestore.model.JsonValue#from(Object)} does
     *     not take the value
     */
    public Recording attribute(String name, @Nullable Object value) {
      data.attribute(name, value);
      return this;
    }

    /**
     * Stores the event, and returns it: it may be the cause of others. Once it has returned, it
     * stores nothing more and returns the same event.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     * @throws IllegalStateException if the flow has ended
     * @throws TraceStoreException if the event cannot be stored
     */
    public TraceEvent record() {
      TraceEvent before = recorded;
      if (before != null) {
        return before;
      }
      TraceEvent event = event(next(), actor.started);
      target.store(header.traceId(), event); // without a lock: others are stored at the same time
      if (type.equals(TraceEventType.ACTOR_STARTED)) {
        actor.started = event;
      }
      recorded = event;
      return event;
    }

    private TraceEvent event(Instant now, @Nullable TraceEvent started) {
      boolean starts = type.equals(TraceEventType.ACTOR_STARTED);
      String spanId = actor.firstSpanId;
      if (started != null) {
        spanId = starts ? newSpan() : started.causality().spanId();
      }
      TraceEvent causedBy = cause != null || starts ? cause : started;
      return new TraceEvent(
          eventId,
          now,
          type,
          actor.actorId,
          data.performanceMetrics(measured(now, started)).build(),
          causality(eventId, causedBy, spanId));
    }

    private PerformanceMetrics measured(Instant now, @Nullable TraceEvent started) {
      PerformanceMetrics measured = metrics.build();
      boolean ends =
          type.equals(TraceEventType.ACTOR_COMPLETED) || type.equals(TraceEventType.ACTOR_FAILED);
      if (!ends || started == null || measured.executionTimeNs().isPresent()) {
        return measured;
      }
      return measured.toBuilder().executionTime(Duration.between(started.timestamp(), now)).build();
    }
  }

  private static CausalityInfo causality(EventId self, @Nullable TraceEvent cause, String spanId) {
    if (cause == null) {
      return new CausalityInfo(null, self, List.of(), spanId);
    }
    CausalityInfo before = cause.causality();
    List<EventId> chain = new ArrayList<>(before.dependencyChain());
    if (!before.rootCauseEventId().equals(cause.eventId())) {
      chain.add(cause.eventId());
    }
    int excess = Math.max(0, chain.size() - MAX_CHAIN);
    return new CausalityInfo(
        cause.eventId(), before.rootCauseEventId(), chain.subList(excess, chain.size()), spanId);
  }

  private static String newSpan() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
  }

  /** Describes an execution before it starts; not safe for use by several threads. */
  public static final class Builder {
    private final FlowTrace.Builder header;

    private Builder(String flowId) {
      header =
          FlowTrace.builder(flowId)
              .metadata(
                  TraceMetadata.builder()
                      .processId(ProcessHandle.current().pid() & 0xFFFF_FFFFL)
                      .threadId(Thread.currentThread().getName())
                      .build());
    }

    /** Its id; without one, a new one. */
    public Builder traceId(TraceId traceId) {
      header.traceId(traceId);
      return this;
    }

    /** The version of the flow. */
    public Builder version(FlowVersion version) {
      header.version(version);
      return this;
    }

    /** Where and for whom it runs; without it, the process and the thread are noted. */
    public Builder metadata(TraceMetadata metadata) {
      header.metadata(metadata);
      return this;
    }

    /**
     * Starts it and stores that it runs.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     * @throws TraceStoreException if the store does not take it
     */
    public FlowRecorder start(TraceStore store) {
      Objects.requireNonNull(store, "store");
      return start(
          new Target() {
            @Override
            public void store(FlowTrace trace) {
              store.storeTrace(trace);
            }

            @Override
            public void store(TraceId traceId, TraceEvent event) {
              store.storeEvent(traceId, event);
            }
          });
    }

    /**
     * Starts it and hands to the writer that it runs.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     * @throws TraceStoreException if the writer does not take it
     */
    public FlowRecorder start(TraceWriter writer) {
      Objects.requireNonNull(writer, "writer");
      return start(
          new Target() {
            @Override
            public void store(FlowTrace trace) {
              writer.write(trace);
            }

            @Override
            public void store(TraceId traceId, TraceEvent event) {
              writer.write(traceId, event);
            }
          });
    }

    private FlowRecorder start(Target target) {
      long nanos = System.nanoTime();
      FlowTrace running = header.startTime(Instant.now()).status(ExecutionStatus.running()).build();
      target.store(running);
      return new FlowRecorder(target, running, nanos);
    }
  }
}
