package io.tracestore.provider.support.index;

/** What traces are indexed by, besides their start. */
public enum Field {
  FLOW,
  EXECUTION,
  STATUS,
  /** The error of a failed trace. */
  FAILURE,
  ENVIRONMENT,
  USER,
  SESSION,
  TAG,
  ACTOR,
  EVENT_TYPE
}
