package io.tracestore.provider.clickhouse.write;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.provider.clickhouse.schema.Day;

/**
 * The place of a trace's rows.
 *
 * @param day their partition
 * @param startNs when the trace started; 0 if not known
 * @param age what orders newest first; the greatest value if not known
 * @param flowId its flow; empty if not known
 */
record Placement(int day, long startNs, long age, String flowId) {
  /** The place of events whose trace is not stored yet. */
  static final Placement EARLY = new Placement(Day.EARLY, 0, Long.MAX_VALUE, "");

  static Placement of(FlowTrace header) {
    long startNs = EpochNanos.of(header.startTime());
    return new Placement(Day.of(startNs), startNs, ~startNs, header.flowId());
  }
}
