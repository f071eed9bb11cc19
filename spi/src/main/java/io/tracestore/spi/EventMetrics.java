package io.tracestore.spi;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/**
 * Sums over the events of one actor and one type within one bucket of time. All numbers are exact
 * except the percentiles, which a {@link LatencyHistogram} estimates; every store gives the same.
 *
 * @param bucket when the bucket begins
 * @param actorId the actor
 * @param eventType the {@link io.tracestore.model.TraceEventType#typeName()}
 * @param count the events, at least one
 * @param timed those of them with an execution time above zero, from which the times are taken
 * @param averageExecutionNs the sum of the times, divided by {@code timed} and rounded down; 0 if
 *     none is timed
 * @param p95ExecutionNs the 95th percentile of the times; 0 if none is timed
 * @param p99ExecutionNs the 99th percentile of the times; 0 if none is timed
 * @param maxExecutionNs the longest time; 0 if none is timed
 * @param messageBytes the sum of the {@link io.tracestore.model.MessageSnapshot#sizeBytes() sizes}
 *     of the events' messages; {@link Long#MAX_VALUE} if it is greater
 */
public record EventMetrics(
    Instant bucket,
    String actorId,
    String eventType,
    long count,
    long timed,
    long averageExecutionNs,
    long p95ExecutionNs,
    long p99ExecutionNs,
    long maxExecutionNs,
    long messageBytes) {
  /** By bucket, actor and type; texts as {@link String#compareTo} orders them. */
  public static final Comparator<EventMetrics> ORDER =
      Comparator.comparing(EventMetrics::bucket)
          .thenComparing(EventMetrics::actorId)
          .thenComparing(EventMetrics::eventType);

  public EventMetrics {
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(actorId, "actorId");
    Objects.requireNonNull(eventType, "eventType");
  }
}
