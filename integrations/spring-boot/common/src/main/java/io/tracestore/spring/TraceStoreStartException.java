package io.tracestore.spring;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The store of an application cannot be opened. The message is one line and shows no secret. */
public final class TraceStoreStartException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private final String wayOut;

  TraceStoreStartException(String message, String wayOut, @Nullable Throwable cause) {
    super(message, cause);
    this.wayOut = wayOut;
  }

  /** The way out, in one sentence. */
  String wayOut() {
    return wayOut;
  }
}
