package io.tracestore.codec;

import io.tracestore.model.PerformanceMetrics;

/**
 * The metrics of an event in the binary form: a set of those that have a value, with their values,
 * and a set of those that were measured and are zero. What was not measured is in neither.
 */
final class BinaryMetrics {
  private static final int EXECUTION_TIME = 1;
  private static final int MEMORY_USAGE = 1 << 1;
  private static final int CPU_USAGE = 1 << 2;
  private static final int QUEUE_DEPTH = 1 << 3;
  private static final int THROUGHPUT = 1 << 4;
  private static final int ALL = (1 << 5) - 1;

  private BinaryMetrics() {}

  static int measured(PerformanceMetrics metrics) {
    return (metrics.executionTimeNs().isPresent() ? EXECUTION_TIME : 0)
        | (metrics.memoryUsageBytes().isPresent() ? MEMORY_USAGE : 0)
        | (metrics.cpuUsagePercent().isPresent() ? CPU_USAGE : 0)
        | (metrics.queueDepth().isPresent() ? QUEUE_DEPTH : 0)
        | (metrics.throughputMsgsPerSec().isPresent() ? THROUGHPUT : 0);
  }

  /** The set of values that were measured and are zero, to the bit: {@code -0.0} is not. */
  static int zeros(PerformanceMetrics metrics) {
    return (metrics.executionTimeNs().orElse(1) == 0 ? EXECUTION_TIME : 0)
        | (metrics.memoryUsageBytes().orElse(1) == 0 ? MEMORY_USAGE : 0)
        | (Float.floatToRawIntBits(metrics.cpuUsagePercent().orElse(1f)) == 0 ? CPU_USAGE : 0)
        | (metrics.queueDepth().orElse(1) == 0 ? QUEUE_DEPTH : 0)
        | (Double.doubleToRawLongBits(metrics.throughputMsgsPerSec().orElse(1)) == 0
            ? THROUGHPUT
            : 0);
  }

  /** Writes those in {@code set}, which are present. */
  static void write(BinaryOutput out, int set, PerformanceMetrics metrics) {
    out.u8(set);
    if ((set & EXECUTION_TIME) != 0) {
      out.varint(metrics.executionTimeNs().orElseThrow());
    }
    if ((set & MEMORY_USAGE) != 0) {
      out.varint(metrics.memoryUsageBytes().orElseThrow());
    }
    if ((set & CPU_USAGE) != 0) {
      out.i32(Float.floatToRawIntBits(metrics.cpuUsagePercent().orElseThrow()));
    }
    if ((set & QUEUE_DEPTH) != 0) {
      out.varint(metrics.queueDepth().orElseThrow());
    }
    if ((set & THROUGHPUT) != 0) {
      out.i64(Double.doubleToRawLongBits(metrics.throughputMsgsPerSec().orElseThrow()));
    }
  }

  static PerformanceMetrics read(BinaryInput in, boolean hasValues, boolean hasZeros) {
    if (!hasValues && !hasZeros) {
      return PerformanceMetrics.NONE;
    }
    PerformanceMetrics.Builder metrics = PerformanceMetrics.builder();
    if (hasValues) {
      readValues(in, metrics);
    }
    if (hasZeros) {
      readZeros(in, metrics);
    }
    return metrics.build();
  }

  private static void readValues(BinaryInput in, PerformanceMetrics.Builder metrics) {
    int set = BinaryEvent.flags(in, ALL);
    if ((set & EXECUTION_TIME) != 0) {
      metrics.executionTimeNs(in.varint());
    }
    if ((set & MEMORY_USAGE) != 0) {
      metrics.memoryUsageBytes(in.varint());
    }
    if ((set & CPU_USAGE) != 0) {
      metrics.cpuUsagePercent(Float.intBitsToFloat(in.i32()));
    }
    if ((set & QUEUE_DEPTH) != 0) {
      metrics.queueDepth(in.varint());
    }
    if ((set & THROUGHPUT) != 0) {
      metrics.throughputMsgsPerSec(Double.longBitsToDouble(in.i64()));
    }
  }

  private static void readZeros(BinaryInput in, PerformanceMetrics.Builder metrics) {
    int set = BinaryEvent.flags(in, ALL);
    if ((set & EXECUTION_TIME) != 0) {
      metrics.executionTimeNs(0);
    }
    if ((set & MEMORY_USAGE) != 0) {
      metrics.memoryUsageBytes(0);
    }
    if ((set & CPU_USAGE) != 0) {
      metrics.cpuUsagePercent(0);
    }
    if ((set & QUEUE_DEPTH) != 0) {
      metrics.queueDepth(0);
    }
    if ((set & THROUGHPUT) != 0) {
      metrics.throughputMsgsPerSec(0);
    }
  }
}
