package io.tracestore.spi;

import io.tracestore.model.TraceEvent;
import java.util.Iterator;

/**
 * The events of one trace in the order {@link TraceEvent#ORDER}, read as they are asked for; the
 * caller closes it. Not safe for several threads. {@link #hasNext()} and {@link #next()} throw
 * {@link TraceStoreException} as any read does, and {@link StoreClosedException} after the store is
 * closed; after {@link #close()} nothing follows.
 */
public interface EventCursor extends Iterator<TraceEvent>, AutoCloseable {
  /** Releases what the cursor holds; closing again does nothing. */
  @Override
  void close();
}
