package io.tracestore.spi.analytics;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Sums over the events of one actor and one type within one bucket of time. Every store gives the
 * same numbers, to the last bit.
 *
 * <p>Averages, percentiles and maxima are over the events that measured the metric, a measured zero
 * included, and are absent where none did. A metric that the query does not ask for has no samples.
 *
 * <p>An average is the exact sum of the samples, however great, divided by their number. The
 * quotient is rounded to 34 digits and then to the nearest {@code double}. Zero has no sign here.
 *
 * @param bucket when the bucket begins
 * @param actorId the actor
 * @param eventType the {@link io.tracestore.model.TraceEventType#typeName()}
 * @param events the number of events, at least one
 * @param messageBytes the sum of the {@link io.tracestore.model.MessageSnapshot#sizeBytes() sizes}
 *     of the events' messages; {@link Long#MAX_VALUE} if it is greater
 * @param executionTimeNs the execution times, in nanoseconds
 * @param memoryUsageBytes the memory, in bytes
 * @param cpuUsagePercent the CPU usage, in percent
 * @param queueDepth the waiting messages
 * @param throughputMsgsPerSec the messages per second
 */
public record EventMetrics(
    Instant bucket,
    String actorId,
    String eventType,
    long events,
    long messageBytes,
    ExecutionTimes executionTimeNs,
    LongSamples memoryUsageBytes,
    DoubleSamples cpuUsagePercent,
    LongSamples queueDepth,
    DoubleSamples throughputMsgsPerSec) {
  /** By bucket, actor and type; texts as {@link String#compareTo} orders them. */
  public static final Comparator<EventMetrics> ORDER =
      Comparator.comparing(EventMetrics::bucket)
          .thenComparing(EventMetrics::actorId)
          .thenComparing(EventMetrics::eventType);

  public EventMetrics {
    Objects.requireNonNull(bucket, "bucket");
    Objects.requireNonNull(actorId, "actorId");
    Objects.requireNonNull(eventType, "eventType");
    Objects.requireNonNull(executionTimeNs, "executionTimeNs");
    Objects.requireNonNull(memoryUsageBytes, "memoryUsageBytes");
    Objects.requireNonNull(cpuUsagePercent, "cpuUsagePercent");
    Objects.requireNonNull(queueDepth, "queueDepth");
    Objects.requireNonNull(throughputMsgsPerSec, "throughputMsgsPerSec");
  }

  /** Sums without samples of memory, CPU usage, queue depth and throughput. */
  public EventMetrics(
      Instant bucket,
      String actorId,
      String eventType,
      long events,
      long messageBytes,
      ExecutionTimes executionTimeNs) {
    this(
        bucket,
        actorId,
        eventType,
        events,
        messageBytes,
        executionTimeNs,
        LongSamples.NONE,
        DoubleSamples.NONE,
        LongSamples.NONE,
        DoubleSamples.NONE);
  }

  /**
   * Execution times in nanoseconds. Percentiles are estimated by a {@link LatencyHistogram}.
   *
   * @param measured how many were measured
   * @param average absent if none was measured, as the other values
   * @param p95 the 95th percentile
   * @param p99 the 99th percentile
   * @param max the longest
   */
  public record ExecutionTimes(
      long measured, OptionalDouble average, OptionalLong p95, OptionalLong p99, OptionalLong max) {
    /** None was measured. */
    public static final ExecutionTimes NONE =
        new ExecutionTimes(
            0,
            OptionalDouble.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            OptionalLong.empty());

    public ExecutionTimes {
      check(measured, average.isPresent(), max.isPresent());
      check(measured, p95.isPresent(), p99.isPresent());
    }

    /** At least one was measured. */
    public static ExecutionTimes of(long measured, double average, long p95, long p99, long max) {
      return new ExecutionTimes(
          measured,
          OptionalDouble.of(average),
          OptionalLong.of(p95),
          OptionalLong.of(p99),
          OptionalLong.of(max));
    }
  }

  /**
   * Samples of a metric whose values are whole numbers.
   *
   * @param measured how many events measured it
   * @param average absent if none did
   * @param max the greatest value; absent if none did
   */
  public record LongSamples(long measured, OptionalDouble average, OptionalLong max) {
    /** No event measured it. */
    public static final LongSamples NONE =
        new LongSamples(0, OptionalDouble.empty(), OptionalLong.empty());

    public LongSamples {
      check(measured, average.isPresent(), max.isPresent());
    }

    /** At least one event measured it. */
    public static LongSamples of(long measured, double average, long max) {
      return new LongSamples(measured, OptionalDouble.of(average), OptionalLong.of(max));
    }
  }

  /**
   * Samples of a metric whose values are real numbers.
   *
   * @param measured how many events measured it
   * @param average absent if none did
   * @param max the greatest value; absent if none did
   */
  public record DoubleSamples(long measured, OptionalDouble average, OptionalDouble max) {
    /** No event measured it. */
    public static final DoubleSamples NONE =
        new DoubleSamples(0, OptionalDouble.empty(), OptionalDouble.empty());

    public DoubleSamples {
      check(measured, average.isPresent(), max.isPresent());
    }

    /** At least one event measured it. */
    public static DoubleSamples of(long measured, double average, double max) {
      return new DoubleSamples(measured, OptionalDouble.of(average), OptionalDouble.of(max));
    }
  }

  private static void check(long measured, boolean hasOne, boolean hasOther) {
    if (measured < 0 || hasOne != measured > 0 || hasOther != measured > 0) {
      throw new IllegalArgumentException(
          "values must be present if, and only if, samples were measured: " + measured);
    }
  }
}
