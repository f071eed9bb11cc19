package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Reports that the engine of the store cannot be reached or used at the moment. */
public final class StoreUnavailableException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
