package io.tracestore.migration;

import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceId;
import io.tracestore.spi.EventCursor;
import io.tracestore.spi.EventRange;
import io.tracestore.spi.TraceStore;
import io.tracestore.spi.internal.TraceWeight;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The events of one trace of a store, in order, read a page at a time. What may succeed later is
 * tried again.
 */
final class StoredEvents implements Iterator<TraceEvent>, AutoCloseable {
  /** The weight at which a piece ends, after the event that reaches it. */
  private static final long PIECE_BYTES = 4 << 20;

  private final EventCursor cursor;

  StoredEvents(TraceStore store, TraceId traceId) {
    this.cursor = Backoff.retrying(() -> store.openEvents(traceId, EventRange.ALL));
  }

  @Override
  public boolean hasNext() {
    return Backoff.retrying(cursor::hasNext);
  }

  @Override
  public TraceEvent next() {
    return cursor.next();
  }

  /** The next events, as many as one write should have; at least one, or none at the end. */
  List<TraceEvent> piece() {
    return piece(this);
  }

  /** The same of other events. */
  static List<TraceEvent> piece(Iterator<TraceEvent> events) {
    List<TraceEvent> piece = new ArrayList<>();
    for (long bytes = 0; bytes < PIECE_BYTES && events.hasNext(); ) {
      TraceEvent event = events.next();
      piece.add(event);
      bytes += TraceWeight.of(event);
    }
    return piece;
  }

  @Override
  public void close() {
    cursor.close();
  }
}
