package io.tracestore.provider.support.index;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;

/**
 * A trace as the index holds it; a provider extends it with its own facts about a stored trace.
 *
 * <p>The start belongs to the writer until the trace is in an index, and does not change from then
 * on.
 */
public abstract class IndexedTrace {
  private final TraceId id;
  private long start;

  /** A trace without a start yet. */
  protected IndexedTrace(TraceId id) {
    this.id = id;
  }

  /** The id of the trace. */
  public final TraceId id() {
    return id;
  }

  /** The start in nanoseconds since the epoch; 0 as long as there is no header. */
  public final long start() {
    return start;
  }

  /** Sets the start to that of {@code header}; for the writer, before the trace is indexed. */
  protected final void startWith(FlowTrace header) {
    startAt(EpochNanos.of(header.startTime()));
  }

  /** Sets the start, in nanoseconds since the epoch. */
  protected final void startAt(long nanos) {
    start = nanos;
  }

  /** The opposite of {@link FlowTrace#NEWEST_FIRST}. */
  public static int compare(IndexedTrace a, IndexedTrace b) {
    int byStart = Long.compare(a.start, b.start);
    return byStart != 0 ? byStart : b.id.compareTo(a.id);
  }
}
