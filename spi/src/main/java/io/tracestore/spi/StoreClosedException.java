package io.tracestore.spi;

import java.io.Serial;

/** Reports that the store was used after {@link TraceStore#close()}. */
public final class StoreClosedException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreClosedException(String store) {
    super("the store is closed: " + store, null);
  }
}
