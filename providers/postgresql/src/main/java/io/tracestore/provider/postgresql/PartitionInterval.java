package io.tracestore.provider.postgresql;

/**
 * The span of time that one partition of the events covers, by the start of their traces, in UTC.
 */
public enum PartitionInterval {
  /** From a full hour to the next. */
  HOURLY,
  /** From midnight to midnight. */
  DAILY,
  /** From Monday to Monday. */
  WEEKLY,
  /** From the first of a month to the first of the next. */
  MONTHLY
}
