package io.tracestore.spi;

import io.tracestore.model.ExecutionId;
import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventType;
import io.tracestore.model.TraceId;
import io.tracestore.spi.internal.QueryChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter for traces. A trace matches if it matches every filter that is set; without any, every
 * trace matches.
 *
 * <p>Immutable and safe for several threads. {@link #matches} defines what matches: it tests a
 * trace in memory, and every store gives the same answer.
 */
public final class TraceQuery {
  /** How many traces a query returns at most if it sets no limit. */
  public static final int DEFAULT_LIMIT = 100;

  /** How many tags a query asks for at most: an engine has to put them all into one statement. */
  public static final int MAX_TAGS = 100;

  /** How many attributes a query asks for at most, and how many keys of attributes. */
  public static final int MAX_ATTRIBUTES = 100;

  /** Every trace. */
  public static final TraceQuery ALL = builder().build();

  /**
   * A place in the order {@link FlowTrace#NEWEST_FIRST}.
   *
   * @param startTime the start time of the trace there
   * @param traceId the id of the trace there
   */
  public record Position(Instant startTime, TraceId traceId) {
    public Position {
      Objects.requireNonNull(startTime, "after.startTime");
      Objects.requireNonNull(traceId, "after.traceId");
      QueryChecks.representable("after.startTime", startTime);
    }

    /** The place of {@code trace}. */
    public static Position of(FlowTrace trace) {
      return new Position(trace.startTime(), trace.traceId());
    }

    /** Whether {@code trace} comes after this place. */
    public boolean isBefore(FlowTrace trace) {
      int byTime = trace.startTime().compareTo(startTime);
      return byTime != 0 ? byTime < 0 : trace.traceId().compareTo(traceId) > 0;
    }
  }

  private final @Nullable String flowId;
  private final @Nullable ExecutionId executionId;
  private final @Nullable Instant startedFrom;
  private final @Nullable Instant startedTo;
  private final ExecutionStatus.@Nullable Kind status;
  private final @Nullable String failedWith;
  private final @Nullable String actor;
  private final @Nullable String actorContains;
  private final @Nullable String eventType;
  private final Map<String, String> tags;
  private final @Nullable Duration minDuration;
  private final @Nullable Duration maxDuration;
  private final Map<String, JsonValue> attributes;
  private final Set<String> attributeKeys;
  private final boolean hasError;
  private final @Nullable String errorContaining;
  private final @Nullable String port;
  private final @Nullable String environment;
  private final @Nullable String userId;
  private final @Nullable String sessionId;
  private final @Nullable Integer limit;
  private final long offset;
  private final @Nullable Position after;
  private final boolean withEvents;
  private final @Nullable Long maxEventBytes;

  private TraceQuery(Builder builder) {
    flowId = builder.flowId;
    executionId = builder.executionId;
    startedFrom = builder.startedFrom;
    startedTo = builder.startedTo;
    status = builder.status;
    failedWith = builder.failedWith;
    actor = builder.actor;
    actorContains = builder.actorContains;
    eventType = builder.eventType;
    tags = checkedTags(builder.tags);
    minDuration = builder.minDuration;
    maxDuration = builder.maxDuration;
    attributes = QueryChecks.attributes(builder.attributes);
    attributeKeys = QueryChecks.attributeKeys(builder.attributeKeys);
    hasError = builder.hasError;
    errorContaining = builder.errorContaining;
    port = builder.port;
    environment = builder.environment;
    userId = builder.userId;
    sessionId = builder.sessionId;
    limit = builder.limit;
    offset = builder.offset;
    after = builder.after;
    withEvents = builder.withEvents;
    maxEventBytes = builder.maxEventBytes;
    QueryChecks.wellFormed("flowId", flowId);
    QueryChecks.wellFormed("failedWith", failedWith);
    QueryChecks.wellFormed("actor", actor);
    QueryChecks.wellFormed("actorContains", actorContains);
    QueryChecks.eventType(eventType);
    QueryChecks.wellFormed("environment", environment);
    QueryChecks.wellFormed("userId", userId);
    QueryChecks.wellFormed("sessionId", sessionId);
    QueryChecks.inOrder("startedFrom", startedFrom, "startedTo", startedTo);
    if (failedWith != null && status != null && status != ExecutionStatus.Kind.FAILED) {
      throw new IllegalArgumentException("failedWith does not go with status " + status);
    }
    QueryChecks.duration("minDuration", minDuration);
    QueryChecks.duration("maxDuration", maxDuration);
    if (minDuration != null && maxDuration != null && minDuration.compareTo(maxDuration) > 0) {
      throw new IllegalArgumentException(
          "minDuration must not be more than maxDuration: %s, %s"
              .formatted(minDuration, maxDuration));
    }
    QueryChecks.wellFormed("errorContaining", errorContaining);
    QueryChecks.wellFormed("port", port);
    if (limit != null && limit <= 0) {
      throw new IllegalArgumentException("limit must be positive: " + limit);
    }
    if (offset < 0) {
      throw new IllegalArgumentException("offset must not be negative: " + offset);
    }
    if (maxEventBytes != null && maxEventBytes <= 0) {
      throw new IllegalArgumentException("maxEventBytes must be positive: " + maxEventBytes);
    }
  }

  /** The flow of a match, or null for any. */
  public @Nullable String flowId() {
    return flowId;
  }

  /** The execution of a match, or null for any. */
  public @Nullable ExecutionId executionId() {
    return executionId;
  }

  /** The earliest start of a match, inclusive, or null for any. */
  public @Nullable Instant startedFrom() {
    return startedFrom;
  }

  /** The latest start of a match, inclusive, or null for any. */
  public @Nullable Instant startedTo() {
    return startedTo;
  }

  /** The kind of status of a match, or null for any. */
  public ExecutionStatus.@Nullable Kind status() {
    return status;
  }

  /** The error with which a match failed, or null for any. */
  public @Nullable String failedWith() {
    return failedWith;
  }

  /** The actor of at least one event of a match, or null for any. */
  public @Nullable String actor() {
    return actor;
  }

  /**
   * Text that the actor id of at least one event of a match contains, or null for any; case
   * matters.
   */
  public @Nullable String actorContains() {
    return actorContains;
  }

  /** The {@link TraceEventType#typeName()} of at least one event of a match, or null for any. */
  public @Nullable String eventType() {
    return eventType;
  }

  /** The tags that a match has, with these values, sorted by key; at most {@value #MAX_TAGS}. */
  public Map<String, String> tags() {
    return tags;
  }

  /** The shortest duration of a match, or null for any. A trace without an end does not match. */
  public @Nullable Duration minDuration() {
    return minDuration;
  }

  /**
   * The longest duration of a match, or null for any. A trace without an end, or that ended before
   * it started, does not match.
   */
  public @Nullable Duration maxDuration() {
    return maxDuration;
  }

  /**
   * The {@linkplain io.tracestore.model.TraceEventData#customAttributes() custom attributes} that a
   * match has, each in at least one event, with an equal value: a text, a boolean or a number.
   * Numbers are compared by value, so that 1 and 1.0 are equal. At most {@value #MAX_ATTRIBUTES}.
   */
  public Map<String, JsonValue> attributes() {
    return attributes;
  }

  /**
   * The keys of custom attributes that a match has, each in at least one event, with any value,
   * null included; at most {@value #MAX_ATTRIBUTES}.
   */
  public Set<String> attributeKeys() {
    return attributeKeys;
  }

  /** Whether a match has at least one event with an error, an empty one included. */
  public boolean hasError() {
    return hasError;
  }

  /**
   * Text that the error of at least one event of a match contains, or null for any; case matters.
   */
  public @Nullable String errorContaining() {
    return errorContaining;
  }

  /** The port that the data of at least one event of a match name, or null for any. */
  public @Nullable String port() {
    return port;
  }

  /** The environment of a match, or null for any. */
  public @Nullable String environment() {
    return environment;
  }

  /** The user of a match, or null for any. */
  public @Nullable String userId() {
    return userId;
  }

  /** The session of a match, or null for any. */
  public @Nullable String sessionId() {
    return sessionId;
  }

  /**
   * The largest number of traces, positive; null for {@link #DEFAULT_LIMIT} (no limit in a cursor).
   */
  public @Nullable Integer limit() {
    return limit;
  }

  /** The number of matches to skip first, not negative. */
  public long offset() {
    return offset;
  }

  /** The place after which the answer begins, or null for the start. */
  public @Nullable Position after() {
    return after;
  }

  /** Whether the answer has events; false for headers only, with empty lists of events. */
  public boolean withEvents() {
    return withEvents;
  }

  /**
   * About how much memory the events of one trace may take, in bytes, or null for any. A cursor may
   * give a trace with more without its events, as one that has none; {@link TraceStore#openEvents}
   * reads them. A store that holds them in memory anyway gives the whole trace.
   */
  public @Nullable Long maxEventBytes() {
    return maxEventBytes;
  }

  private static Map<String, String> checkedTags(Map<String, String> tags) {
    Objects.requireNonNull(tags, "tags");
    if (tags.size() > MAX_TAGS) {
      throw new IllegalArgumentException(
          "tags must be at most %d: %d".formatted(MAX_TAGS, tags.size()));
    }
    for (Map.Entry<String, String> tag : tags.entrySet()) {
      String key = Objects.requireNonNull(tag.getKey(), "tags key");
      String field = "tags '" + key + "'";
      QueryChecks.wellFormed("tags key", key);
      QueryChecks.wellFormed(
          field, Objects.requireNonNull(tag.getValue(), () -> field + " is null"));
    }
    return Collections.unmodifiableMap(new LinkedHashMap<>(new TreeMap<>(tags)));
  }

  /** A builder without filters. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts from this query. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.flowId = flowId;
    builder.executionId = executionId;
    builder.startedFrom = startedFrom;
    builder.startedTo = startedTo;
    builder.status = status;
    builder.failedWith = failedWith;
    builder.actor = actor;
    builder.actorContains = actorContains;
    builder.eventType = eventType;
    builder.tags.putAll(tags);
    builder.minDuration = minDuration;
    builder.maxDuration = maxDuration;
    builder.attributes.putAll(attributes);
    builder.attributeKeys.addAll(attributeKeys);
    builder.hasError = hasError;
    builder.errorContaining = errorContaining;
    builder.port = port;
    builder.environment = environment;
    builder.userId = userId;
    builder.sessionId = sessionId;
    builder.limit = limit;
    builder.offset = offset;
    builder.after = after;
    builder.withEvents = withEvents;
    builder.maxEventBytes = maxEventBytes;
    return builder;
  }

  /**
   * The query for the page after the one that ended with {@code lastOfThePage}. Traces that are
   * stored between the two queries neither repeat a trace on the next page nor hide one.
   */
  public TraceQuery after(FlowTrace lastOfThePage) {
    return toBuilder().after(Position.of(lastOfThePage)).offset(0).build();
  }

  /** The limit, or {@link #DEFAULT_LIMIT}. */
  public int limitOrDefault() {
    return limit != null ? limit : DEFAULT_LIMIT;
  }

  /** Whether {@code trace}, with all its events, matches every filter; its place does not count. */
  public boolean matches(FlowTrace trace) {
    return matchesHeader(trace) && matchesEvents(trace);
  }

  /** Whether a filter needs the events of a trace. */
  public boolean filtersEvents() {
    return actor != null || actorContains != null || eventType != null || filtersEventData();
  }

  /** Whether a filter needs the data of a trace's events. */
  public boolean filtersEventData() {
    return !attributes.isEmpty()
        || !attributeKeys.isEmpty()
        || hasError
        || errorContaining != null
        || port != null;
  }

  /**
   * Whether a filter is set that a store may answer by reading candidates: maximum duration,
   * attribute, error or port.
   */
  public boolean filtersByReading() {
    return maxDuration != null || filtersEventData();
  }

  /** The names of the filters that are set of those that {@link #filtersByReading()} names. */
  public List<String> namesOfFiltersByReading() {
    Map<String, @Nullable Object> others = toBuilder().withoutFiltersByReading().build().values();
    return values().entrySet().stream()
        .filter(value -> !Objects.equals(value.getValue(), others.get(value.getKey())))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether {@code trace} matches every filter that needs no events; its place does not count. */
  public boolean matchesHeader(FlowTrace trace) {
    return equalsIfSet(flowId, trace.flowId())
        && equalsIfSet(executionId, trace.executionId())
        && (startedFrom == null || !trace.startTime().isBefore(startedFrom))
        && (startedTo == null || !trace.startTime().isAfter(startedTo))
        && equalsIfSet(status, trace.status().kind())
        && (failedWith == null || trace.status().equals(ExecutionStatus.failed(failedWith)))
        && (tags.isEmpty() || trace.metadata().tags().entrySet().containsAll(tags.entrySet()))
        && ((minDuration == null && maxDuration == null) || matchesDuration(trace))
        && equalsIfSet(environment, trace.metadata().environment())
        && equalsIfSet(userId, trace.metadata().userId())
        && equalsIfSet(sessionId, trace.metadata().sessionId());
  }

  private boolean matchesEvents(FlowTrace trace) {
    return (actor == null || hasEvent(trace, e -> e.actorId().equals(actor)))
        && (actorContains == null || hasEvent(trace, e -> e.actorId().contains(actorContains)))
        && (eventType == null || hasEvent(trace, e -> e.eventType().typeName().equals(eventType)))
        && (!filtersEventData() || matchesEventData(trace));
  }

  private boolean matchesEventData(FlowTrace trace) {
    return attributes.entrySet().stream()
            .allMatch(wanted -> hasEvent(trace, event -> hasAttribute(event, wanted)))
        && attributeKeys.stream()
            .allMatch(key -> hasEvent(trace, e -> e.data().customAttributes().containsKey(key)))
        && (!hasError || hasEvent(trace, e -> e.data().error() != null))
        && (errorContaining == null || hasEvent(trace, e -> hasErrorContaining(e, errorContaining)))
        && (port == null || hasEvent(trace, e -> port.equals(e.data().port())));
  }

  private static boolean hasEvent(FlowTrace trace, Predicate<TraceEvent> condition) {
    return trace.events().stream().anyMatch(condition);
  }

  private static boolean hasErrorContaining(TraceEvent event, String text) {
    String error = event.data().error();
    return error != null && error.contains(text);
  }

  private static boolean hasAttribute(TraceEvent event, Map.Entry<String, JsonValue> wanted) {
    JsonValue value = event.data().customAttributes().get(wanted.getKey());
    if (value instanceof JsonValue.JsonNumber number
        && wanted.getValue() instanceof JsonValue.JsonNumber wantedNumber) {
      return number.toBigDecimal().compareTo(wantedNumber.toBigDecimal()) == 0;
    }
    return wanted.getValue().equals(value);
  }

  private boolean matchesDuration(FlowTrace trace) {
    Instant end = trace.endTime();
    if (end == null || end.isBefore(trace.startTime())) {
      return false;
    }
    Duration duration = Duration.between(trace.startTime(), end);
    return (minDuration == null || duration.compareTo(minDuration) >= 0)
        && (maxDuration == null || duration.compareTo(maxDuration) <= 0);
  }

  private static boolean equalsIfSet(@Nullable Object wanted, @Nullable Object value) {
    return wanted == null || wanted.equals(value);
  }

  /**
   * Every filter and the window, by name; those that are not set have the value of {@link #ALL}.
   */
  private Map<String, @Nullable Object> values() {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("flowId", flowId);
    values.put("executionId", executionId);
    values.put("startedFrom", startedFrom);
    values.put("startedTo", startedTo);
    values.put("status", status);
    values.put("failedWith", failedWith);
    values.put("actor", actor);
    values.put("actorContains", actorContains);
    values.put("eventType", eventType);
    values.put("tags", tags);
    values.put("minDuration", minDuration);
    values.put("maxDuration", maxDuration);
    values.put("attributes", attributes);
    values.put("attributeKeys", attributeKeys);
    values.put("hasError", hasError);
    values.put("errorContaining", errorContaining);
    values.put("port", port);
    values.put("environment", environment);
    values.put("userId", userId);
    values.put("sessionId", sessionId);
    values.put("limit", limit);
    values.put("offset", offset);
    values.put("after", after);
    values.put("withEvents", withEvents);
    values.put("maxEventBytes", maxEventBytes);
    return values;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TraceQuery query && values().equals(query.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /**
   * The values that differ from {@link #ALL}, such as {@code TraceQuery[flowId=checkout,
   * limit=10]}.
   */
  @Override
  public String toString() {
    Map<String, @Nullable Object> defaults = ALL.values();
    return values().entrySet().stream()
        .filter(value -> !Objects.equals(value.getValue(), defaults.get(value.getKey())))
        .map(value -> value.getKey() + "=" + value.getValue())
        .collect(Collectors.joining(", ", "TraceQuery[", "]"));
  }

  /** Builds a {@link TraceQuery}; not safe for several threads. Null takes a filter away. */
  public static final class Builder {
    private @Nullable String flowId;
    private @Nullable ExecutionId executionId;
    private @Nullable Instant startedFrom;
    private @Nullable Instant startedTo;
    private ExecutionStatus.@Nullable Kind status;
    private @Nullable String failedWith;
    private @Nullable String actor;
    private @Nullable String actorContains;
    private @Nullable String eventType;
    private final Map<String, String> tags = new LinkedHashMap<>();
    private @Nullable Duration minDuration;
    private @Nullable Duration maxDuration;
    private final Map<String, JsonValue> attributes = new LinkedHashMap<>();
    private final Set<String> attributeKeys = new LinkedHashSet<>();
    private boolean hasError;
    private @Nullable String errorContaining;
    private @Nullable String port;
    private @Nullable String environment;
    private @Nullable String userId;
    private @Nullable String sessionId;
    private @Nullable Integer limit;
    private long offset;
    private @Nullable Position after;
    private boolean withEvents = true;
    private @Nullable Long maxEventBytes;

    private Builder() {}

    /** Exactly this flow. */
    public Builder flowId(@Nullable String flowId) {
      this.flowId = flowId;
      return this;
    }

    /** Exactly this execution. */
    public Builder executionId(@Nullable ExecutionId executionId) {
      this.executionId = executionId;
      return this;
    }

    /** Started at {@code from} or later and at {@code to} or earlier. */
    public Builder startedBetween(@Nullable Instant from, @Nullable Instant to) {
      return startedFrom(from).startedTo(to);
    }

    /** Started at this instant or later. */
    public Builder startedFrom(@Nullable Instant startedFrom) {
      this.startedFrom = startedFrom;
      return this;
    }

    /** Started at this instant or earlier. */
    public Builder startedTo(@Nullable Instant startedTo) {
      this.startedTo = startedTo;
      return this;
    }

    /** Of this kind of status. */
    public Builder status(ExecutionStatus.@Nullable Kind status) {
      this.status = status;
      return this;
    }

    /** Of exactly this status, the error of a failed one included. */
    public Builder status(ExecutionStatus status) {
      this.status = status.kind();
      this.failedWith = status instanceof ExecutionStatus.Failed failed ? failed.error() : null;
      return this;
    }

    /** Failed with exactly this error. */
    public Builder failedWith(@Nullable String error) {
      this.failedWith = error;
      return this;
    }

    /** Has an event of exactly this actor. */
    public Builder actor(@Nullable String actorId) {
      this.actor = actorId;
      return this;
    }

    /** Has an event whose actor id contains this text; case matters. */
    public Builder actorContains(@Nullable String text) {
      this.actorContains = text;
      return this;
    }

    /** Has an event of this {@link TraceEventType#typeName()}. */
    public Builder eventType(@Nullable String typeName) {
      this.eventType = typeName;
      return this;
    }

    /** Has an event of this type; a data flow matches whichever actor it goes to. */
    public Builder eventType(TraceEventType eventType) {
      return eventType(eventType.typeName());
    }

    /** Has this tag with this value; tags given before stay. */
    public Builder tag(String key, String value) {
      tags.put(key, value);
      return this;
    }

    /** Ended at least this long after it started. */
    public Builder minDuration(@Nullable Duration minDuration) {
      this.minDuration = minDuration;
      return this;
    }

    /** Ended at most this long after it started. */
    public Builder maxDuration(@Nullable Duration maxDuration) {
      this.maxDuration = maxDuration;
      return this;
    }

    /** Has an event with this custom attribute and this text; the last value of a key counts. */
    public Builder attribute(String key, String value) {
      return attribute(key, JsonValue.of(value));
    }

    /** Has an event with this custom attribute and this number. */
    public Builder attribute(String key, long value) {
      return attribute(key, JsonValue.of(value));
    }

    /**
     * Has an event with this custom attribute and this number.
     *
     * @throws IllegalArgumentException if it is NaN or infinite
     */
    public Builder attribute(String key, double value) {
      return attribute(key, JsonValue.of(value));
    }

    /** Has an event with this custom attribute and this boolean. */
    public Builder attribute(String key, boolean value) {
      return attribute(key, JsonValue.of(value));
    }

    /** Has an event with this custom attribute and this text, number or boolean. */
    public Builder attribute(String key, JsonValue value) {
      attributes.put(key, value);
      return this;
    }

    /** Has an event with this custom attribute; keys given before stay. */
    public Builder hasAttribute(String key) {
      attributeKeys.add(key);
      return this;
    }

    /** Has an event with an error. */
    public Builder hasError() {
      return hasError(true);
    }

    /** Whether it must have an event with an error. */
    public Builder hasError(boolean hasError) {
      this.hasError = hasError;
      return this;
    }

    /** Has an event whose error contains this text; case matters. */
    public Builder errorContaining(@Nullable String text) {
      this.errorContaining = text;
      return this;
    }

    /** Has an event whose data name exactly this port. */
    public Builder port(@Nullable String port) {
      this.port = port;
      return this;
    }

    /** Takes away the filters that {@link TraceQuery#filtersByReading()} names. */
    public Builder withoutFiltersByReading() {
      attributes.clear();
      attributeKeys.clear();
      return maxDuration(null).hasError(false).errorContaining(null).port(null);
    }

    /** Exactly this environment. */
    public Builder environment(@Nullable String environment) {
      this.environment = environment;
      return this;
    }

    /** Exactly this user. */
    public Builder userId(@Nullable String userId) {
      this.userId = userId;
      return this;
    }

    /** Exactly this session. */
    public Builder sessionId(@Nullable String sessionId) {
      this.sessionId = sessionId;
      return this;
    }

    /** The largest number of traces. */
    public Builder limit(@Nullable Integer limit) {
      this.limit = limit;
      return this;
    }

    /** The number of matches to skip first; {@link TraceQuery#after} is faster and steadier. */
    public Builder offset(long offset) {
      this.offset = offset;
      return this;
    }

    /** Only traces after this place. */
    public Builder after(@Nullable Position after) {
      this.after = after;
      return this;
    }

    /** False for headers only. */
    public Builder withEvents(boolean withEvents) {
      this.withEvents = withEvents;
      return this;
    }

    /** How much memory the events of a trace may take; a cursor may leave out those of a larger. */
    public Builder maxEventBytes(@Nullable Long maxEventBytes) {
      this.maxEventBytes = maxEventBytes;
      return this;
    }

    /**
     * The query.
     *
     * @throws IllegalArgumentException if a value is not valid or two do not go together
     */
    public TraceQuery build() {
      return new TraceQuery(this);
    }
  }
}
