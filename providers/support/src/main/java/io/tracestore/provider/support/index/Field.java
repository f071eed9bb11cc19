package io.tracestore.provider.support.index;

/** A property by which traces are indexed, in addition to their start. */
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
  EVENT_TYPE,
  /** A term of {@link DataTerms} of an attribute with a chosen key. */
  ATTRIBUTE
}
