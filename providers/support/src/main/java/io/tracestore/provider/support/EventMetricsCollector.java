package io.tracestore.provider.support;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.EventMetrics;
import io.tracestore.spi.EventMetricsQuery;
import io.tracestore.spi.LatencyHistogram;
import io.tracestore.spi.StoreCapacityException;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the answer to an {@link EventMetricsQuery}, from events or from sums that an engine made.
 * For one thread. Its memory grows with the answer, not with the data, and the answer is bounded: a
 * {@link StoreCapacityException} says that it has too many groups.
 */
public final class EventMetricsCollector {
  /** The largest number of groups; they take about 100 MB. */
  static final int MAX_GROUPS = 200_000;

  private final EventMetricsQuery query;
  private final long bucketNanos;
  private final Map<Key, Group> groups = new HashMap<>();

  private record Key(long bucketNumber, String actorId, String eventType) {}

  private static final class Group {
    private final LatencyHistogram times = new LatencyHistogram();
    private final ExactSum executionNs = new ExactSum();
    private final ExactSum messageBytes = new ExactSum();
    private long count;
  }

  /** Nothing added yet. */
  public EventMetricsCollector(EventMetricsQuery query) {
    this.query = Objects.requireNonNull(query, "query");
    this.bucketNanos = query.bucket().toNanos();
  }

  /** Adds {@code event} if it matches; whether its flow does is left to the caller. */
  public void add(TraceEvent event) {
    String type = event.eventType().typeName();
    if (!isWithin(query.from(), query.to(), event.timestamp())
        || (query.actorId() != null && !query.actorId().equals(event.actorId()))
        || (query.eventType() != null && !query.eventType().equals(type))) {
      return;
    }
    MessageSnapshot message = event.data().message();
    add(
        EpochNanos.of(event.timestamp()),
        event.actorId(),
        type,
        event.data().performanceMetrics().executionTimeNs().orElse(0),
        message == null ? 0 : message.sizeBytes());
  }

  /**
   * Adds one event that matches.
   *
   * @param timestampNs when, in nanoseconds since the epoch
   * @param messageBytes the size of its message; 0 without one
   */
  public void add(
      long timestampNs, String actorId, String eventType, long executionNs, long messageBytes) {
    Group group = group(Math.floorDiv(timestampNs, bucketNanos), actorId, eventType);
    group.count++;
    if (executionNs > 0) {
      group.times.add(executionNs);
      group.executionNs.add(executionNs);
    }
    group.messageBytes.add(messageBytes);
  }

  /**
   * Adds the sums over some events of one bucket, actor, type and class of execution time.
   *
   * @param bucketNumber {@code floorDiv(timestamp, bucket)}, both in nanoseconds
   * @param latencyClass {@link LatencyHistogram#classOf} their execution times; 0 for those that
   *     are 0
   * @param count how many events, positive
   * @param executionNs the sum of their execution times
   * @param maxExecutionNs the longest of them
   * @param messageBytes the sum of their messages' sizes
   */
  public void add(
      long bucketNumber,
      String actorId,
      String eventType,
      int latencyClass,
      long count,
      BigInteger executionNs,
      long maxExecutionNs,
      BigInteger messageBytes) {
    Group group = group(bucketNumber, actorId, eventType);
    group.count += count;
    if (latencyClass > 0) {
      group.times.add(latencyClass, count, maxExecutionNs);
      group.executionNs.add(executionNs);
    }
    group.messageBytes.add(messageBytes);
  }

  private Group group(long bucketNumber, String actorId, String eventType) {
    Group group =
        groups.computeIfAbsent(new Key(bucketNumber, actorId, eventType), key -> new Group());
    if (groups.size() > MAX_GROUPS) {
      throw new StoreCapacityException(
          "the answer has more than %d groups of bucket, actor and type; ask for longer buckets, a shorter time, or one actor"
              .formatted(MAX_GROUPS),
          null);
    }
    return group;
  }

  static boolean isWithin(@Nullable Instant from, @Nullable Instant to, Instant time) {
    return (from == null || !time.isBefore(from)) && (to == null || !time.isAfter(to));
  }

  /** The answer, in no order. */
  public List<EventMetrics> result() {
    return groups.entrySet().stream()
        .map(entry -> metrics(entry.getKey(), entry.getValue()))
        .toList();
  }

  private EventMetrics metrics(Key key, Group group) {
    return new EventMetrics(
        query.startOf(key.bucketNumber),
        key.actorId,
        key.eventType,
        group.count,
        group.times.count(),
        group.executionNs.average(group.times.count()),
        group.times.percentile(95),
        group.times.percentile(99),
        group.times.max(),
        group.messageBytes.saturated());
  }
}
