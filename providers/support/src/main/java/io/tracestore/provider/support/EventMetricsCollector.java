package io.tracestore.provider.support;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.MessageSnapshot;
import io.tracestore.model.PerformanceMetric;
import io.tracestore.model.PerformanceMetrics;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.analytics.EventMetrics;
import io.tracestore.spi.analytics.EventMetrics.ExecutionTimes;
import io.tracestore.spi.analytics.EventMetricsQuery;
import io.tracestore.spi.analytics.LatencyHistogram;
import java.math.BigInteger;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Adds up the answer to an {@link EventMetricsQuery}, from events or from sums that an engine made.
 * For one thread. Its memory grows with the answer, not with the data, and the answer is bounded: a
 * {@link StoreCapacityException} says that it has too many groups.
 */
public final class EventMetricsCollector {
  /** The largest number of groups; they take about 100 MB, and a third more with all metrics. */
  static final int MAX_GROUPS = 200_000;

  private final EventMetricsQuery query;
  private final long bucketNanos;
  private final Map<Key, Group> groups = new HashMap<>();

  private record Key(long bucketNumber, String actorId, String eventType) {}

  /** The sums over the events of one bucket, actor and type. For one thread. */
  public static final class Group {
    private final LatencyHistogram times = new LatencyHistogram();
    private final ExactSum executionNs = new ExactSum();
    private final ExactSum messageBytes = new ExactSum();
    private long events;
    private @Nullable Others others;

    private Group() {}

    /**
     * Adds one event; its samples are left to other methods.
     *
     * @param messageBytes the size of its message; 0 without one
     */
    public void addEvent(long messageBytes) {
      events++;
      this.messageBytes.add(messageBytes);
    }

    /**
     * Adds some events; their samples are left to other methods.
     *
     * @param messageBytes the sum of their messages' sizes
     */
    public void addEvents(long count, BigInteger messageBytes) {
      events += count;
      this.messageBytes.add(messageBytes);
    }

    /** Adds an execution time that was measured. */
    public void addExecutionTime(long executionNs) {
      times.add(executionNs);
      this.executionNs.add(executionNs);
    }

    /**
     * Adds the sums over execution times of one class.
     *
     * @param latencyClass {@link LatencyHistogram#classOf} each of them
     * @param count how many, positive
     * @param executionNs their sum
     * @param maxExecutionNs the longest of them
     */
    public void addExecutionTimes(
        int latencyClass, long count, BigInteger executionNs, long maxExecutionNs) {
      times.add(latencyClass, count, maxExecutionNs);
      this.executionNs.add(executionNs);
    }

    /** The samples of {@link PerformanceMetric#MEMORY_USAGE}; only for a query that wants them. */
    public LongSums memoryUsageBytes() {
      return others().memoryUsageBytes;
    }

    /** The samples of {@link PerformanceMetric#CPU_USAGE}; only for a query that wants them. */
    public DoubleSums cpuUsagePercent() {
      return others().cpuUsagePercent;
    }

    /** The samples of {@link PerformanceMetric#QUEUE_DEPTH}; only for a query that wants them. */
    public LongSums queueDepth() {
      return others().queueDepth;
    }

    /** The samples of {@link PerformanceMetric#THROUGHPUT}; only for a query that wants them. */
    public DoubleSums throughputMsgsPerSec() {
      return others().throughputMsgsPerSec;
    }

    private Others others() {
      if (others == null) {
        others = new Others();
      }
      return others;
    }

    private ExecutionTimes executionTimes() {
      long measured = times.count();
      return measured == 0
          ? ExecutionTimes.NONE
          : ExecutionTimes.of(
              measured,
              executionNs.average(measured),
              times.percentile(95),
              times.percentile(99),
              times.max());
    }
  }

  /** The samples of the metrics that few queries ask for. */
  private static final class Others {
    private final LongSums memoryUsageBytes = new LongSums();
    private final DoubleSums cpuUsagePercent = new DoubleSums();
    private final LongSums queueDepth = new LongSums();
    private final DoubleSums throughputMsgsPerSec = new DoubleSums();
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
    Group group = groupAt(EpochNanos.of(event.timestamp()), event.actorId(), type);
    group.addEvent(message == null ? 0 : message.sizeBytes());
    PerformanceMetrics measured = event.data().performanceMetrics();
    measured.executionTimeNs().ifPresent(group::addExecutionTime);
    if (query.metrics().size() > 1) {
      addOthers(measured, group);
    }
  }

  private void addOthers(PerformanceMetrics measured, Group group) {
    Set<PerformanceMetric> asked = query.metrics();
    if (asked.contains(PerformanceMetric.MEMORY_USAGE)) {
      measured.memoryUsageBytes().ifPresent(group.memoryUsageBytes()::add);
    }
    if (asked.contains(PerformanceMetric.CPU_USAGE)) {
      measured.cpuUsagePercent().ifPresent(group.cpuUsagePercent()::add);
    }
    if (asked.contains(PerformanceMetric.QUEUE_DEPTH)) {
      measured.queueDepth().ifPresent(group.queueDepth()::add);
    }
    if (asked.contains(PerformanceMetric.THROUGHPUT)) {
      measured.throughputMsgsPerSec().ifPresent(group.throughputMsgsPerSec()::add);
    }
  }

  /**
   * The group of an event that matches.
   *
   * @param timestampNs when, in nanoseconds since the epoch
   */
  public Group groupAt(long timestampNs, String actorId, String eventType) {
    return group(Math.floorDiv(timestampNs, bucketNanos), actorId, eventType);
  }

  /**
   * The group of events that match.
   *
   * @param bucketNumber {@code floorDiv(timestamp, bucket)}, both in nanoseconds
   */
  public Group group(long bucketNumber, String actorId, String eventType) {
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
    Others others = group.others == null ? new Others() : group.others;
    return new EventMetrics(
        query.startOf(key.bucketNumber),
        key.actorId,
        key.eventType,
        group.events,
        group.messageBytes.saturated(),
        group.executionTimes(),
        others.memoryUsageBytes.result(),
        others.cpuUsagePercent.result(),
        others.queueDepth.result(),
        others.throughputMsgsPerSec.result());
  }
}
