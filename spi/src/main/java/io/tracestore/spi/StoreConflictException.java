package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Reports that a trace was to be stored again with another flow id, execution id or start time.
 * Nothing of it was stored. The message names the field that differs, by these words.
 */
public final class StoreConflictException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreConflictException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
