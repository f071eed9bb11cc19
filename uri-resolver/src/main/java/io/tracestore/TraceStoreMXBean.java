package io.tracestore;

import java.util.List;
import java.util.Map;

/**
 * A store as JMX shows it; registered by {@link TraceStores#registerJmx}. Each attribute is made
 * from {@link io.tracestore.spi.TraceStore#metrics()} when it is read.
 */
public interface TraceStoreMXBean {
  /** The store's URI without secrets. */
  String getStore();

  /** The names of its {@link io.tracestore.spi.Capability capabilities}, sorted. */
  List<String> getCapabilities();

  /**
   * Calls that store or delete: {@code count}, {@code errors}, {@code totalNanos}, {@code
   * maxNanos}, {@code p50Nanos}, {@code p95Nanos}, {@code p99Nanos}, and {@code error.KIND} for
   * each kind that occurred.
   */
  Map<String, Long> getWrite();

  /** Calls that read by id, as {@link #getWrite()}. */
  Map<String, Long> getRead();

  /** Calls that read by filter or add up, as {@link #getWrite()}. */
  Map<String, Long> getQuery();

  /** Bytes in use; -1 if not known. */
  long getStorageBytes();

  /** The store's counters. */
  Map<String, Long> getCounters();

  /** The store's gauges. */
  Map<String, Long> getGauges();

  /**
   * Checks the store's health within ten seconds; returns the faults and warnings, or an empty text
   * if there are none.
   */
  String checkHealth();
}
