package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Reports that the engine did not answer in time. Whether a write was done is not known; repeating
 * it is safe.
 */
public final class StoreTimeoutException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  @Override
  public boolean isRetryable() {
    return true;
  }
}
