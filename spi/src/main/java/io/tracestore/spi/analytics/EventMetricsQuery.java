package io.tracestore.spi.analytics;

import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.TraceEventType;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.internal.QueryChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects the events that {@link TraceStore#eventMetrics} sums up, and the length of its buckets.
 * Filters that are set must all match.
 *
 * <p>An event of the time {@code t}, in nanoseconds since the epoch, belongs to the bucket that
 * begins at {@code floorDiv(t, bucket) * bucket}: buckets are aligned to the epoch, also before it,
 * and the first may begin before {@link io.tracestore.model.EpochNanos#MIN}.
 *
 * <p>All stored events count, those whose trace is not stored yet included; but with a flow id,
 * only those of stored traces of that flow.
 *
 * @param from at this instant or later
 * @param to at this instant or earlier
 * @param bucket how long a bucket is: from one nanosecond to 2<sup>63</sup>-1 of them
 * @param flowId of a stored trace of exactly this flow
 * @param actorId of exactly this actor
 * @param eventType of this {@link TraceEventType#typeName()}
 * @param metrics the metrics to sum up; the execution time always is one of them. Each further one
 *     may cost time in an engine
 */
public record EventMetricsQuery(
    @Nullable Instant from,
    @Nullable Instant to,
    Duration bucket,
    @Nullable String flowId,
    @Nullable String actorId,
    @Nullable String eventType,
    Set<PerformanceMetric> metrics) {
  /** How long a bucket is unless said otherwise: one minute. */
  public static final Duration DEFAULT_BUCKET = Duration.ofMinutes(1);

  /** Every event and its execution time, by the minute. */
  public static final EventMetricsQuery ALL = builder().build();

  public EventMetricsQuery {
    Objects.requireNonNull(bucket, "bucket");
    if (!bucket.isPositive() || bucket.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("bucket must be between 1 ns and 292 years: " + bucket);
    }
    QueryChecks.inOrder("from", from, "to", to);
    QueryChecks.wellFormed("flowId", flowId);
    QueryChecks.wellFormed("actorId", actorId);
    QueryChecks.eventType(eventType);
    EnumSet<PerformanceMetric> asked = EnumSet.of(PerformanceMetric.EXECUTION_TIME);
    asked.addAll(metrics);
    metrics = Collections.unmodifiableSet(asked);
  }

  /** When the bucket of that number, {@code floorDiv(t, bucket)}, begins. */
  public Instant startOf(long bucketNumber) {
    return Instant.EPOCH.plus(bucket.multipliedBy(bucketNumber));
  }

  /** A builder without filters. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Builds an {@link EventMetricsQuery}; not safe for several threads. Null takes a filter away.
   */
  public static final class Builder {
    private @Nullable Instant from;
    private @Nullable Instant to;
    private Duration bucket = DEFAULT_BUCKET;
    private @Nullable String flowId;
    private @Nullable String actorId;
    private @Nullable String eventType;
    private Set<PerformanceMetric> metrics = Set.of();

    private Builder() {}

    /** At this instant or later. */
    public Builder from(@Nullable Instant from) {
      this.from = from;
      return this;
    }

    /** At this instant or earlier. */
    public Builder to(@Nullable Instant to) {
      this.to = to;
      return this;
    }

    /** How long a bucket is. */
    public Builder bucket(Duration bucket) {
      this.bucket = bucket;
      return this;
    }

    /** Of a stored trace of exactly this flow. */
    public Builder flowId(@Nullable String flowId) {
      this.flowId = flowId;
      return this;
    }

    /** Of exactly this actor. */
    public Builder actorId(@Nullable String actorId) {
      this.actorId = actorId;
      return this;
    }

    /** Of this {@link TraceEventType#typeName()}. */
    public Builder eventType(@Nullable String typeName) {
      this.eventType = typeName;
      return this;
    }

    /** Of this type; a data flow matches whichever actor it goes to. */
    public Builder eventType(TraceEventType eventType) {
      return eventType(eventType.typeName());
    }

    /** These metrics, and the execution time, which alone is summed up unless this is called. */
    public Builder metrics(Collection<PerformanceMetric> metrics) {
      this.metrics = Set.copyOf(metrics);
      return this;
    }

    /** These metrics, and the execution time, which alone is summed up unless this is called. */
    public Builder metrics(PerformanceMetric... metrics) {
      return metrics(List.of(metrics));
    }

    /**
     * The query.
     *
     * @throws IllegalArgumentException if a value is not valid or two do not go together
     */
    public EventMetricsQuery build() {
      return new EventMetricsQuery(from, to, bucket, flowId, actorId, eventType, metrics);
    }
  }
}
