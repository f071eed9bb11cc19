package io.tracestore.spi;

/** The kinds of names that {@link TraceStore#names} lists. */
public enum NameKind {
  /** Flow ids of traces. */
  FLOW,
  /** Actor ids of events. */
  ACTOR,
  /** {@linkplain io.tracestore.model.TraceEventType#typeName() Type names} of events. */
  EVENT_TYPE,
  /** Environments of traces; the empty one is left out. */
  ENVIRONMENT
}
