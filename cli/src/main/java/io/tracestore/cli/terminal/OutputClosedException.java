package io.tracestore.cli.terminal;

import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.Serial;
import java.util.Locale;

/** Reports that nobody reads the output any more, as after {@code | head}. */
public final class OutputClosedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private OutputClosedException(IOException cause) {
    super("nobody reads the output", cause);
  }

  /**
   * Translates {@code cause}: into this exception, or into one that says why the output cannot be
   * written.
   */
  static RuntimeException of(IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    return reason.toLowerCase(Locale.ROOT).contains("pipe")
        ? new OutputClosedException(cause)
        : new TraceStoreException("cannot write the output: " + reason, cause);
  }
}
