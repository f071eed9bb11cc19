package io.tracestore.model;

/**
 * What the runtime measured at an event. Numbers are kept to the last bit, {@code -0.0} included.
 *
 * @param executionTimeNs nanoseconds of work, not negative; 0 where nothing was timed
 * @param memoryUsageBytes bytes, not negative
 * @param cpuUsagePercent percent, finite
 * @param queueDepth waiting messages, not negative
 * @param throughputMsgsPerSec messages per second, finite
 */
public record PerformanceMetrics(
    long executionTimeNs,
    long memoryUsageBytes,
    float cpuUsagePercent,
    long queueDepth,
    double throughputMsgsPerSec) {
  /** All zero. */
  public static final PerformanceMetrics ZERO = new PerformanceMetrics(0, 0, 0, 0, 0);

  public PerformanceMetrics {
    Checks.notNegative("performanceMetrics.executionTimeNs", executionTimeNs);
    Checks.notNegative("performanceMetrics.memoryUsageBytes", memoryUsageBytes);
    if (!Float.isFinite(cpuUsagePercent)) {
      throw new IllegalArgumentException(
          "performanceMetrics.cpuUsagePercent must be finite: " + cpuUsagePercent);
    }
    Checks.notNegative("performanceMetrics.queueDepth", queueDepth);
    if (!Double.isFinite(throughputMsgsPerSec)) {
      throw new IllegalArgumentException(
          "performanceMetrics.throughputMsgsPerSec must be finite: " + throughputMsgsPerSec);
    }
  }

  /** Only an execution time. */
  public static PerformanceMetrics ofExecutionTimeNs(long executionTimeNs) {
    return new PerformanceMetrics(executionTimeNs, 0, 0, 0, 0);
  }
}
