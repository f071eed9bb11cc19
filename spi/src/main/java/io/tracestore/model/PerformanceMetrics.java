package io.tracestore.model;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Measurements of the runtime at an event. A value that was not measured is absent; zero is a
 * measured value. Numbers are kept to the last bit, {@code -0.0} included.
 *
 * <p>Immutable, and safe for use by many threads.
 *
 * @param executionTimeNs nanoseconds of work, not negative
 * @param memoryUsageBytes bytes, not negative
 * @param cpuUsagePercent percent, finite
 * @param queueDepth waiting messages, not negative
 * @param throughputMsgsPerSec messages per second, finite
 */
public record PerformanceMetrics(
    OptionalLong executionTimeNs,
    OptionalLong memoryUsageBytes,
    Optional<Float> cpuUsagePercent,
    OptionalLong queueDepth,
    OptionalDouble throughputMsgsPerSec) {
  /** Nothing was measured. */
  public static final PerformanceMetrics NONE =
      new PerformanceMetrics(
          OptionalLong.empty(),
          OptionalLong.empty(),
          Optional.empty(),
          OptionalLong.empty(),
          OptionalDouble.empty());

  public PerformanceMetrics {
    notNegative("executionTimeNs", executionTimeNs);
    notNegative("memoryUsageBytes", memoryUsageBytes);
    Objects.requireNonNull(cpuUsagePercent, "performanceMetrics.cpuUsagePercent");
    if (cpuUsagePercent.isPresent() && !Float.isFinite(cpuUsagePercent.get())) {
      throw new IllegalArgumentException(
          "performanceMetrics.cpuUsagePercent must be finite: " + cpuUsagePercent.get());
    }
    notNegative("queueDepth", queueDepth);
    Objects.requireNonNull(throughputMsgsPerSec, "performanceMetrics.throughputMsgsPerSec");
    if (throughputMsgsPerSec.isPresent() && !Double.isFinite(throughputMsgsPerSec.getAsDouble())) {
      throw new IllegalArgumentException(
          "performanceMetrics.throughputMsgsPerSec must be finite: "
              + throughputMsgsPerSec.getAsDouble());
    }
  }

  private static void notNegative(String field, OptionalLong value) {
    Objects.requireNonNull(value, () -> "performanceMetrics." + field);
    if (value.isPresent() && value.getAsLong() < 0) {
      throw new IllegalArgumentException(
          "performanceMetrics.%s must not be negative: %d".formatted(field, value.getAsLong()));
    }
  }

  /**
   * All five values, in the order of the components.
   *
   * @throws IllegalArgumentException if a value is not valid; it names the field
   */
  public static PerformanceMetrics of(
      long executionTimeNs,
      long memoryUsageBytes,
      float cpuUsagePercent,
      long queueDepth,
      double throughputMsgsPerSec) {
    return new PerformanceMetrics(
        OptionalLong.of(executionTimeNs),
        OptionalLong.of(memoryUsageBytes),
        Optional.of(cpuUsagePercent),
        OptionalLong.of(queueDepth),
        OptionalDouble.of(throughputMsgsPerSec));
  }

  /**
   * Only an execution time, in nanoseconds.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public static PerformanceMetrics ofExecutionTimeNs(long executionTimeNs) {
    return builder().executionTimeNs(executionTimeNs).build();
  }

  /**
   * Only an execution time.
   *
   * @throws IllegalArgumentException if it is negative
   * @throws ArithmeticException if it is longer than 292 years
   */
  public static PerformanceMetrics ofExecutionTime(Duration executionTime) {
    return builder().executionTime(executionTime).build();
  }

  /** Whether nothing was measured. */
  public boolean isNone() {
    return equals(NONE);
  }

  /** A builder in which nothing was measured. */
  public static Builder builder() {
    return new Builder();
  }

  /** A builder that starts with these values. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.executionTimeNs = executionTimeNs;
    builder.memoryUsageBytes = memoryUsageBytes;
    builder.cpuUsagePercent = cpuUsagePercent;
    builder.queueDepth = queueDepth;
    builder.throughputMsgsPerSec = throughputMsgsPerSec;
    return builder;
  }

  /**
   * Builds {@link PerformanceMetrics}; a value that is not set was not measured. Not safe for use
   * by several threads.
   */
  public static final class Builder {
    private OptionalLong executionTimeNs = OptionalLong.empty();
    private OptionalLong memoryUsageBytes = OptionalLong.empty();
    private Optional<Float> cpuUsagePercent = Optional.empty();
    private OptionalLong queueDepth = OptionalLong.empty();
    private OptionalDouble throughputMsgsPerSec = OptionalDouble.empty();

    private Builder() {}

    /** Nanoseconds of work. */
    public Builder executionTimeNs(long executionTimeNs) {
      this.executionTimeNs = OptionalLong.of(executionTimeNs);
      return this;
    }

    /**
     * The time of work.
     *
     * @throws ArithmeticException if it is longer than 292 years
     */
    public Builder executionTime(Duration executionTime) {
      return executionTimeNs(executionTime.toNanos());
    }

    /** Bytes of memory. */
    public Builder memoryUsageBytes(long memoryUsageBytes) {
      this.memoryUsageBytes = OptionalLong.of(memoryUsageBytes);
      return this;
    }

    /** Percent of a CPU. */
    public Builder cpuUsagePercent(float cpuUsagePercent) {
      this.cpuUsagePercent = Optional.of(cpuUsagePercent);
      return this;
    }

    /** Waiting messages. */
    public Builder queueDepth(long queueDepth) {
      this.queueDepth = OptionalLong.of(queueDepth);
      return this;
    }

    /** Messages per second. */
    public Builder throughputMsgsPerSec(double throughputMsgsPerSec) {
      this.throughputMsgsPerSec = OptionalDouble.of(throughputMsgsPerSec);
      return this;
    }

    /**
     * The metrics; {@link PerformanceMetrics#NONE} if nothing was set.
     *
     * @throws IllegalArgumentException if a value is not valid; it names the field
     */
    public PerformanceMetrics build() {
      PerformanceMetrics metrics =
          new PerformanceMetrics(
              executionTimeNs, memoryUsageBytes, cpuUsagePercent, queueDepth, throughputMsgsPerSec);
      return metrics.isNone() ? NONE : metrics;
    }
  }
}
