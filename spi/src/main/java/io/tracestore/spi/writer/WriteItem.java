package io.tracestore.spi.writer;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.TraceStoreException;
import io.tracestore.spi.TraceWriter;
import io.tracestore.spi.WriterListener;
import io.tracestore.spi.internal.TraceWeight;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The argument of one call of a {@link TraceWriter}: a trace, or one event of a trace. It is
 * settled once: stored, or handed to the listener. Equal only to itself.
 */
final class WriteItem {
  /** The item itself, and its places in the queue and in a batch. */
  private static final int ITEM = 120;

  private final TraceId traceId;
  private final @Nullable FlowTrace trace;
  private final @Nullable TraceEvent event;
  private final long weight;
  private final AtomicBoolean settled = new AtomicBoolean();

  private WriteItem(
      TraceId traceId, @Nullable FlowTrace trace, @Nullable TraceEvent event, long weight) {
    this.traceId = traceId;
    this.trace = trace;
    this.event = event;
    this.weight = weight;
  }

  static WriteItem of(FlowTrace trace) {
    return new WriteItem(trace.traceId(), trace, null, ITEM + TraceWeight.of(trace));
  }

  static WriteItem of(TraceId traceId, TraceEvent event) {
    return new WriteItem(traceId, null, event, ITEM + TraceWeight.of(event));
  }

  TraceId traceId() {
    return traceId;
  }

  /** The trace; null for an event. */
  @Nullable FlowTrace trace() {
    return trace;
  }

  /** The event; null for a trace. */
  @Nullable TraceEvent event() {
    return event;
  }

  /** About how many bytes it takes. */
  long weight() {
    return weight;
  }

  /** Whether this call is the first. */
  boolean settle() {
    return settled.compareAndSet(false, true);
  }

  /** Hands it to {@code listener}. */
  void giveTo(WriterListener listener, TraceStoreException cause) {
    if (trace != null) {
      listener.traceNotWritten(trace, cause);
    } else if (event != null) {
      listener.eventsNotWritten(traceId, List.of(event), cause);
    }
  }
}
