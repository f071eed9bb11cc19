package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A bound is reached: a full disk, or a limit on memory, traces or events. What was stored is
 * unharmed.
 */
public final class StoreCapacityException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreCapacityException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
