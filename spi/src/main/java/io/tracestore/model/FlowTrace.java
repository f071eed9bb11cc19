package io.tracestore.model;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The record of one execution of a flow: a header and the events that happened.
 *
 * <p>Flow id, execution id and start time belong to the trace id: they are the same in every
 * version of a trace that is stored.
 *
 * @param traceId its id
 * @param flowId the flow that ran; any text
 * @param executionId the execution it records
 * @param version the version of the flow
 * @param startTime when it began; between {@link EpochNanos#MIN} and {@link EpochNanos#MAX}
 * @param endTime when it ended, if it has; it may lie before the start if clocks differ
 * @param status the state of the execution
 * @param events ordered by {@link TraceEvent#ORDER} in whichever order they were given; no two have
 *     the same id
 * @param metadata where and for whom it ran
 */
public record FlowTrace(
    TraceId traceId,
    String flowId,
    ExecutionId executionId,
    FlowVersion version,
    Instant startTime,
    @Nullable Instant endTime,
    ExecutionStatus status,
    List<TraceEvent> events,
    TraceMetadata metadata) {
  /** The longest text of any field, in UTF-16 units. Larger data belongs into bytes. */
  public static final int MAX_TEXT_LENGTH = 16 * 1024 * 1024;

  /** By start time, newest first, then by trace id: the order of queries in every store. */
  public static final Comparator<FlowTrace> NEWEST_FIRST =
      Comparator.comparing(FlowTrace::startTime).reversed().thenComparing(FlowTrace::traceId);

  public FlowTrace {
    Objects.requireNonNull(traceId, "traceId");
    Checks.text("flowId", flowId);
    Objects.requireNonNull(executionId, "executionId");
    Objects.requireNonNull(version, "version");
    Checks.instant("startTime", startTime);
    if (endTime != null) {
      Checks.instant("endTime", endTime);
    }
    Objects.requireNonNull(status, "status");
    events = ordered(events);
    Objects.requireNonNull(metadata, "metadata");
  }

  /**
   * A trace of a new id and execution, started now, pending, version 0.0.0, without events; the
   * flow must be set.
   */
  public static Builder builder() {
    return new Builder();
  }

  /** A trace of a new id and execution of {@code flowId}, started now, pending, without events. */
  public static Builder builder(String flowId) {
    return new Builder().flowId(flowId);
  }

  /** A builder that starts from this trace. */
  public Builder toBuilder() {
    return new Builder()
        .traceId(traceId)
        .flowId(flowId)
        .executionId(executionId)
        .version(version)
        .startTime(startTime)
        .endTime(endTime)
        .status(status)
        .events(events)
        .metadata(metadata);
  }

  /** This header with other events. */
  public FlowTrace withEvents(List<TraceEvent> events) {
    return new FlowTrace(
        traceId, flowId, executionId, version, startTime, endTime, status, events, metadata);
  }

  /**
   * Whether {@code other} has the same flow, execution and start, as a version of one trace must.
   */
  public boolean hasIdentityOf(FlowTrace other) {
    return traceId.equals(other.traceId)
        && flowId.equals(other.flowId)
        && executionId.equals(other.executionId)
        && startTime.equals(other.startTime);
  }

  private static List<TraceEvent> ordered(List<TraceEvent> events) {
    List<TraceEvent> copy = Checks.copy("events", events);
    boolean inOrder = true;
    boolean idsAscend = true;
    for (int i = 1; i < copy.size() && (inOrder || idsAscend); i++) {
      TraceEvent before = copy.get(i - 1);
      TraceEvent event = copy.get(i);
      inOrder = inOrder && TraceEvent.ORDER.compare(before, event) <= 0;
      idsAscend = idsAscend && before.eventId().compareTo(event.eventId()) < 0;
    }
    if (!idsAscend) {
      refuseDoubledIds(copy);
    }
    if (inOrder) {
      return copy;
    }
    List<TraceEvent> sorted = new ArrayList<>(copy);
    sorted.sort(TraceEvent.ORDER);
    return List.copyOf(sorted);
  }

  private static void refuseDoubledIds(List<TraceEvent> events) {
    Set<EventId> seen = HashSet.newHashSet(events.size());
    for (TraceEvent event : events) {
      if (!seen.add(event.eventId())) {
        throw new IllegalArgumentException("events has two with id " + event.eventId());
      }
    }
  }

  /** Builds a {@link FlowTrace}; not safe for several threads. */
  public static final class Builder {
    private @Nullable TraceId traceId;
    private @Nullable String flowId;
    private @Nullable ExecutionId executionId;
    private FlowVersion version = FlowVersion.of(0, 0, 0);
    private @Nullable Instant startTime;
    private @Nullable Instant endTime;
    private ExecutionStatus status = ExecutionStatus.pending();
    private List<TraceEvent> events = new ArrayList<>();
    private TraceMetadata metadata = TraceMetadata.EMPTY;

    private Builder() {}

    public Builder traceId(TraceId traceId) {
      this.traceId = traceId;
      return this;
    }

    public Builder flowId(String flowId) {
      this.flowId = flowId;
      return this;
    }

    public Builder executionId(ExecutionId executionId) {
      this.executionId = executionId;
      return this;
    }

    public Builder version(FlowVersion version) {
      this.version = version;
      return this;
    }

    public Builder startTime(Instant startTime) {
      this.startTime = startTime;
      return this;
    }

    public Builder endTime(@Nullable Instant endTime) {
      this.endTime = endTime;
      return this;
    }

    public Builder status(ExecutionStatus status) {
      this.status = status;
      return this;
    }

    /** Adds one event to those given so far. */
    public Builder event(TraceEvent event) {
      events.add(event);
      return this;
    }

    /** Replaces the events given so far. */
    public Builder events(List<TraceEvent> events) {
      this.events = new ArrayList<>(events);
      return this;
    }

    public Builder metadata(TraceMetadata metadata) {
      this.metadata = metadata;
      return this;
    }

    /**
     * The trace.
     *
     * @throws IllegalArgumentException if a field is not valid; it names the field
     * @throws NullPointerException if the flow was not set
     */
    public FlowTrace build() {
      return new FlowTrace(
          traceId != null ? traceId : TraceId.random(),
          Objects.requireNonNull(flowId, "flowId"),
          executionId != null ? executionId : ExecutionId.random(),
          version,
          startTime != null ? startTime : Instant.now(),
          endTime,
          status,
          events,
          metadata);
    }
  }
}
