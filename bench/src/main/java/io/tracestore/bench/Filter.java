package io.tracestore.bench;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The filters of {@link TraceQuery}, one at a time, each with values that the workload has. */
public enum Filter {
  /** None: the newest. */
  NONE,
  /** One flow. */
  FLOW,
  /** One execution. */
  EXECUTION,
  /** Started within a second. */
  STARTED,
  /** One kind of status. */
  STATUS,
  /** One error. */
  FAILED_WITH,
  /** One actor. */
  ACTOR,
  /** A part of an actor's id. */
  ACTOR_CONTAINS,
  /** One type of event. */
  EVENT_TYPE,
  /** One tag. */
  TAG,
  /** A shortest duration, which one in ten reaches. */
  MIN_DURATION,
  /** One environment. */
  ENVIRONMENT,
  /** One user. */
  USER,
  /** One session. */
  SESSION;

  private static final int VALUES = 64;
  private static final int LIMIT = 20;

  /** Up to 64 queries for the newest 20, each of which finds something among {@code traces}. */
  List<TraceQuery> queries(List<FlowTrace> traces) {
    List<TraceQuery> queries = new ArrayList<>();
    for (FlowTrace trace : traces) {
      TraceQuery.Builder query = TraceQuery.builder().limit(LIMIT);
      if (queries.size() < VALUES && set(query, trace, traces)) {
        queries.add(query.build());
      }
    }
    if (queries.isEmpty()) {
      throw new IllegalArgumentException("no trace of the workload has a value for " + this);
    }
    return queries;
  }

  private boolean set(TraceQuery.Builder query, FlowTrace trace, List<FlowTrace> traces) {
    TraceMetadata metadata = trace.metadata();
    TraceEvent event = trace.events().get(trace.events().size() / 2);
    return switch (this) {
      case NONE -> true;
      case FLOW -> isSet(query.flowId(trace.flowId()), trace.flowId());
      case EXECUTION -> isSet(query.executionId(trace.executionId()), trace.executionId());
      case STARTED ->
          isSet(
              query.startedBetween(trace.startTime(), trace.startTime().plusSeconds(1)),
              trace.startTime());
      case STATUS -> isSet(query.status(trace.status().kind()), trace.status());
      case FAILED_WITH -> isSet(query.failedWith(error(trace)), error(trace));
      case ACTOR -> isSet(query.actor(event.actorId()), event.actorId());
      case ACTOR_CONTAINS -> isSet(query.actorContains(part(event)), part(event));
      case EVENT_TYPE -> isSet(query.eventType(event.eventType()), event);
      case TAG -> tag(query, metadata);
      case MIN_DURATION -> isSet(query.minDuration(longDuration(traces)), trace.endTime());
      case ENVIRONMENT -> isSet(query.environment(metadata.environment()), metadata.environment());
      case USER -> isSet(query.userId(metadata.userId()), metadata.userId());
      case SESSION -> isSet(query.sessionId(metadata.sessionId()), metadata.sessionId());
    };
  }

  private static boolean isSet(TraceQuery.Builder unused, @Nullable Object value) {
    return value != null;
  }

  private static boolean tag(TraceQuery.Builder query, TraceMetadata metadata) {
    Optional<Map.Entry<String, String>> tag = metadata.tags().entrySet().stream().findFirst();
    tag.ifPresent(entry -> query.tag(entry.getKey(), entry.getValue()));
    return tag.isPresent();
  }

  private static @Nullable String error(FlowTrace trace) {
    return trace.status() instanceof ExecutionStatus.Failed failed ? failed.error() : null;
  }

  private static String part(TraceEvent event) {
    String actor = event.actorId();
    return actor.substring(actor.length() / 3);
  }

  private static Duration longDuration(List<FlowTrace> traces) {
    List<Duration> durations =
        traces.stream().flatMap(trace -> duration(trace).stream()).sorted().toList();
    return durations.get(durations.size() * 9 / 10);
  }

  private static Optional<Duration> duration(FlowTrace trace) {
    return Optional.ofNullable(trace.endTime())
        .map(end -> Duration.between(trace.startTime(), end));
  }
}
