package io.tracestore.migration;

import io.tracestore.spi.TraceStoreException;
import java.io.Serial;

/** The target cannot go on; tells such an error from one of the source. */
final class TargetFailedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final TraceStoreException reason;

  TargetFailedException(TraceStoreException reason) {
    super(reason);
    this.reason = reason;
  }

  TraceStoreException reason() {
    return reason;
  }
}
