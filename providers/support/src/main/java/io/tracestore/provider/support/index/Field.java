package io.tracestore.provider.support.index;

import io.tracestore.spi.NameKind;

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
  ATTRIBUTE;

  /** The field that has the names of one kind. */
  public static Field of(NameKind kind) {
    return switch (kind) {
      case FLOW -> FLOW;
      case ACTOR -> ACTOR;
      case EVENT_TYPE -> EVENT_TYPE;
      case ENVIRONMENT -> ENVIRONMENT;
    };
  }
}
