package io.tracestore.model;

/** One of the {@link PerformanceMetrics}. */
public enum PerformanceMetric {
  /** {@link PerformanceMetrics#executionTimeNs()}. */
  EXECUTION_TIME,
  /** {@link PerformanceMetrics#memoryUsageBytes()}. */
  MEMORY_USAGE,
  /** {@link PerformanceMetrics#cpuUsagePercent()}. */
  CPU_USAGE,
  /** {@link PerformanceMetrics#queueDepth()}. */
  QUEUE_DEPTH,
  /** {@link PerformanceMetrics#throughputMsgsPerSec()}. */
  THROUGHPUT
}
