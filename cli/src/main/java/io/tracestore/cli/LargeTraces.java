package io.tracestore.cli;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceStore;
import java.util.Iterator;
import java.util.function.Consumer;

/** Traces of a cursor that may lack their events, because they are too many to hold. */
final class LargeTraces {
  /** The bound for {@link io.tracestore.spi.TraceQuery#maxEventBytes}. */
  static final long MAX_EVENT_BYTES = 8 << 20;

  private LargeTraces() {}

  /** Gives {@code reader} the events that {@code trace} has, or those that the store has of it. */
  static void readEvents(TraceStore store, FlowTrace trace, Consumer<Iterator<TraceEvent>> reader) {
    if (!trace.events().isEmpty()) {
      reader.accept(trace.events().iterator());
      return;
    }
    try (EventCursor events = store.openEvents(trace.traceId(), EventRange.ALL)) {
      reader.accept(events);
    }
  }
}
