package io.tracestore.provider.mem;

/** What traces are indexed by, besides their start. */
enum Field {
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
