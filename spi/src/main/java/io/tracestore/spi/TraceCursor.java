package io.tracestore.spi;

import io.tracestore.model.FlowTrace;
import java.util.Iterator;

/**
 * The traces that match a query, read as they are asked for; close it.
 *
 * <p>Holds a bounded part of the result in memory, however large the result is. Not safe for
 * several threads. Every trace that matched during the whole of the cursor's life appears once; one
 * that was stored, changed or deleted during it may appear or not, and never twice. {@link
 * #hasNext()} and {@link #next()} throw {@link TraceStoreException} like any read, and {@link
 * StoreClosedException} once the store is closed; after {@link #close()} there is no next trace.
 */
public interface TraceCursor extends Iterator<FlowTrace>, AutoCloseable {
  /** Releases what the cursor holds; closing again does nothing. */
  @Override
  void close();
}
