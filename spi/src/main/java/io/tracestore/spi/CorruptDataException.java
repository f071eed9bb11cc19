package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Stored or imported data is damaged; the message says what and where. */
public final class CorruptDataException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptDataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
