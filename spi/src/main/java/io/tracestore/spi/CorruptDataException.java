package io.tracestore.spi;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Reports that stored or imported data are damaged; the message says where and how. */
public final class CorruptDataException extends TraceStoreException {
  @Serial private static final long serialVersionUID = 1L;

  public CorruptDataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
