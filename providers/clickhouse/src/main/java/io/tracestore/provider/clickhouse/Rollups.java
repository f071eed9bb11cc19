package io.tracestore.provider.clickhouse;

/** The steps of time in which the server keeps sums of the events, for the analytics. */
public enum Rollups {
  /** None: every event is looked at. Right for few events in each minute. */
  NONE,
  /** By the minute. */
  MINUTE,
  /** By the hour: an answer takes the server less than from minutes, if an hour is fine enough. */
  HOUR
}
