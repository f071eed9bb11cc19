package io.tracestore.server.reflow;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A trace that connections of this server are recording. All but the id is guarded by the lock. */
final class LiveTrace {
  final TraceId traceId;
  final ReentrantLock lock = new ReentrantLock();

  /** The header as it was stored last, without events; null while only events are stored. */
  @Nullable FlowTrace header;

  /** Whether it began here, so that it ends when nobody here records it any more. */
  boolean beganHere;

  /** Whether the store was asked for a header. */
  boolean wasLookedFor;

  /** Whether its last owner left: it is no longer in the table. */
  boolean isGone;

  final Set<Object> owners = new HashSet<>();

  LiveTrace(TraceId traceId) {
    this.traceId = traceId;
  }

  boolean isEnded() {
    return header != null && header.status().kind().isTerminal();
  }
}
