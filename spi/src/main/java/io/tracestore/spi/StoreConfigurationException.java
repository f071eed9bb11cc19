package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Reports that a store cannot be opened as asked: a bad URI, an unknown scheme, a wrong or
 * conflicting option, or a schema this version does not know.
 */
public final class StoreConfigurationException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public StoreConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
