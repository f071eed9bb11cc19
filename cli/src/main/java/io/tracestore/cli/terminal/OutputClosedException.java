package io.tracestore.cli.terminal;

import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.io.Serial;
import java.util.Locale;

/** Nobody reads the output any more, as behind {@code | head}. */
public final class OutputClosedException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  private OutputClosedException(IOException cause) {
    super("nobody reads the output", cause);
  }

  /** What {@code cause} means: this, or that the output cannot be written for another reason. */
  static RuntimeException of(IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    return reason.toLowerCase(Locale.ROOT).contains("pipe")
        ? new OutputClosedException(cause)
        : new TraceStoreException("cannot write the output: " + reason, cause);
  }
}
