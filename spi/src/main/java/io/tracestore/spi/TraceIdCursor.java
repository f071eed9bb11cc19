package io.tracestore.spi;

import io.tracestore.model.TraceId;
import java.util.Iterator;

/**
 * Ids of traces, read as they are asked for; the caller closes it. Not safe for several threads.
 * {@link #hasNext()} and {@link #next()} throw {@link TraceStoreException} as any read does, and
 * {@link StoreClosedException} after the store is closed; after {@link #close()} nothing follows.
 */
public interface TraceIdCursor extends Iterator<TraceId>, AutoCloseable {
  /** Releases what the cursor holds; closing again does nothing. */
  @Override
  void close();
}
