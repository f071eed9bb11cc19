package io.tracestore.provider.clickhouse;

/** The steps of time in which the server keeps sums of the events, for the analytics. */
public enum Rollups {
  /** None: every event is looked at. Right for few events in each minute. */
  NONE(0),
  /** By the minute. */
  MINUTE(60_000_000_000L),
  /** By the hour: an answer takes the server less than from minutes, if an hour is fine enough. */
  HOUR(3_600_000_000_000L);

  private final long stepNanos;

  Rollups(long stepNanos) {
    this.stepNanos = stepNanos;
  }

  /** How long a step is; 0 without rollups. */
  long stepNanos() {
    return stepNanos;
  }
}
